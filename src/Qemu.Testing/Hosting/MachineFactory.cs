using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Builds machines from one definition and starts them through the gate.</summary>
internal sealed class MachineFactory : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly QemuTestSettings _settings;
    private readonly StartGate _startGate;
    private readonly IResetMethod _reset;
    private readonly WarmClones _warm;
    private QemuMachineBuilder? _builder;
    private bool _isNamed;

    public MachineFactory(MachineDefinition definition, QemuTestSettings settings, StartGate gate)
    {
        Definition = definition;
        _settings = settings;
        _startGate = gate;
        _reset = Definition.Reset == ResetPolicy.BeforeEachTest ? new QuickestReset() : new Restart();
        _warm = new WarmClones(DescribeOne);
    }

    public MachineDefinition Definition { get; }

    /// <summary>A machine, not started.</summary>
    /// <exception cref="RequirementNotMetException">The host lacks what the machine needs.</exception>
    /// <exception cref="RequirementDemandedException">The same, and the settings forbid to skip for it.</exception>
    public QemuMachine Build()
    {
        lock (_gate)
            return Describe().Build();
    }

    /// <summary>Starts a machine that is going to be reset, and makes it ready as its definition wants.</summary>
    public async Task StartAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await _startGate.RunAsync(
            async token =>
            {
                await machine.StartAsync(token).ConfigureAwait(false);
                await _reset.PrepareAsync(machine, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        await Definition.OnReady(machine, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a machine that is used once, started and ready as its definition wants.</summary>
    public async Task<QemuMachine> CreateAsync(CancellationToken cancellationToken)
    {
        QemuMachine machine = await _warm.TakeAsync(cancellationToken).ConfigureAwait(false) ?? Build();
        try
        {
            if (!machine.IsRunning)
                await _startGate.RunAsync(machine.StartAsync, cancellationToken).ConfigureAwait(false);
            await Definition.OnReady(machine, cancellationToken).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Brings a machine back to how it was when it became ready.</summary>
    public async Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await StopHookAsync(machine, cancellationToken).ConfigureAwait(false);
        await _startGate.RunAsync(token => _reset.ResetAsync(machine, token), cancellationToken).ConfigureAwait(false);
        await Definition.OnReady(machine, cancellationToken).ConfigureAwait(false);
    }

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

    private QemuMachineSpec DescribeOne()
    {
        lock (_gate)
            return Describe().Spec;
    }

    private QemuMachineBuilder Describe()
    {
        if (_builder is null)
        {
            var builder = new QemuMachineBuilder(Definition.Binary).WithSettings(_settings.Machine);
            Definition.Configure(builder);
            _builder = builder;
            _isNamed = builder.Spec.Name is not null;
        }

        RequirementCheck.Demand(_builder.Spec, _settings);
        return _isNamed ? _builder : _builder.WithName(MachineLabel.NewName(Definition.Name));
    }

    private Task StopHookAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        machine.IsRunning ? Definition.OnStopping(machine, cancellationToken) : Task.CompletedTask;
}
