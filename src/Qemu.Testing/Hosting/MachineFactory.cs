using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Builds machines from one definition and starts them through the gate.</summary>
/// <param name="definition">What they are.</param>
/// <param name="settings">The settings from outside.</param>
/// <param name="gate">Where their starts queue.</param>
/// <param name="admission">Where they get their room on the host; null: they are not counted.</param>
internal sealed class MachineFactory(MachineDefinition definition, QemuTestSettings settings, StartGate gate, MachineAdmission? admission) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly FixtureTemplate _template = new(admission);
    private QemuMachineBuilder? _builder;
    private bool _isNamed;

    public MachineDefinition Definition => definition;

    /// <summary>Where its machines' starts queue.</summary>
    public StartGate Gate => gate;

    /// <summary>Where its machines get their room on the host; null: they are not counted.</summary>
    public MachineAdmission? Admission => admission;

    /// <summary>A machine, not started.</summary>
    /// <exception cref="RequirementNotMetException">The host lacks what the machine needs.</exception>
    /// <exception cref="RequirementDemandedException">The same, and the settings forbid to skip for it.</exception>
    public QemuMachine Build()
    {
        lock (_gate)
        {
            if (_builder is null)
            {
                var builder = new QemuMachineBuilder(definition.Binary).WithSettings(settings.Machine);
                definition.Configure(builder);
                _builder = builder;
                _isNamed = builder.Spec.Name is not null;
            }

            RequirementCheck.Demand(_builder.Spec, settings);
            if (!_isNamed)
                _builder.WithName(MachineLabel.NewName(definition.Name));
            return _builder.Build();
        }
    }

    /// <summary>Starts a machine, and makes it ready as its definition wants.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="start">How it starts, or starts again.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task StartAsync(QemuMachine machine, Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        // First room on the host, then a place in the gate: a start that waits for room must not keep others from the gate.
        using StartAdmission room = await StartAdmission.RequestAsync(machine, cancellationToken).ConfigureAwait(false);
        room.Enter();
        await gate.RunAsync(start, cancellationToken).ConfigureAwait(false);
        await definition.OnReady(machine, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a machine that is used once, started and ready as its definition wants.</summary>
    public async Task<QemuMachine> CreateAsync(CancellationToken cancellationToken)
    {
        QemuMachine machine = await _template.TakeAsync(cancellationToken).ConfigureAwait(false) ?? Build();
        try
        {
            Func<CancellationToken, Task> start = machine.IsRunning ? static _ => Task.CompletedTask : machine.StartAsync;
            await StartAsync(machine, start, cancellationToken).ConfigureAwait(false);
            await _template.KeepAsync(machine).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the fixture wants done before its machine is ended or started anew.</summary>
    public Task StopHookAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        machine is { IsRunning: true, Panic: null } ? definition.OnStopping(machine, cancellationToken) : Task.CompletedTask;

    /// <summary>Ends a machine and removes what is left of it; also when the user's hook fails.</summary>
    public async Task DisposeAsync(QemuMachine machine)
    {
        try
        {
            await StopHookAsync(machine, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await machine.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets go of what was kept for machines to come.</summary>
    public ValueTask DisposeAsync() => _template.DisposeAsync();
}
