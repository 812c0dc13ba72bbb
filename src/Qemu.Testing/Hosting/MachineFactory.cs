using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Builds machines from one definition and starts them through the gate.</summary>
internal sealed class MachineFactory : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly QemuTestSettings _settings;
    private readonly StartGate _startGate;
    private readonly WarmClones _warm;
    private QemuMachineBuilder? _builder;
    private bool _isNamed;

    public MachineFactory(MachineDefinition definition, QemuTestSettings settings, StartGate gate)
    {
        Definition = definition;
        _settings = settings;
        _startGate = gate;
        _warm = new WarmClones(() => Describe(builder => builder.Spec));
    }

    public MachineDefinition Definition { get; }

    /// <summary>A machine, not started.</summary>
    /// <exception cref="RequirementNotMetException">The host lacks what the machine needs.</exception>
    /// <exception cref="RequirementDemandedException">The same, and the settings forbid to skip for it.</exception>
    public QemuMachine Build() => Describe(builder => builder.Build());

    /// <summary>Starts a machine, and makes it ready as its definition wants.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="start">How it starts, or starts again.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task StartAsync(QemuMachine machine, Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        // Room first, a place in the gate then: who waits for room holds nothing.
        using StartAdmission admission = await StartAdmission.RequestAsync(machine, cancellationToken).ConfigureAwait(false);
        admission.Enter();
        await _startGate.RunAsync(start, cancellationToken).ConfigureAwait(false);
        await Definition.OnReady(machine, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a machine that is used once, started and ready as its definition wants.</summary>
    public async Task<QemuMachine> CreateAsync(CancellationToken cancellationToken)
    {
        QemuMachine machine = await _warm.TakeAsync(cancellationToken).ConfigureAwait(false) ?? Build();
        try
        {
            Func<CancellationToken, Task> start = machine.IsRunning ? static _ => Task.CompletedTask : machine.StartAsync;
            await StartAsync(machine, start, cancellationToken).ConfigureAwait(false);
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
        machine is { IsRunning: true, Panic: null } ? Definition.OnStopping(machine, cancellationToken) : Task.CompletedTask;

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

    /// <summary>Ends what was kept ready for machines to come.</summary>
    public ValueTask DisposeAsync() => _warm.DisposeAsync();

    private TResult Describe<TResult>(Func<QemuMachineBuilder, TResult> use)
    {
        lock (_gate)
        {
            if (_builder is null)
            {
                var builder = new QemuMachineBuilder(Definition.Binary).WithSettings(_settings.Machine);
                Definition.Configure(builder);
                _builder = builder;
                _isNamed = builder.Spec.Name is not null;
            }

            RequirementCheck.Demand(_builder.Spec, _settings);
            if (!_isNamed)
                _builder.WithName(MachineLabel.NewName(Definition.Name));
            return use(_builder);
        }
    }
}
