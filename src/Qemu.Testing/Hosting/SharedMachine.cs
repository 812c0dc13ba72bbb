using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A fixture's machine over its starts and resets. Not thread-safe: the host does one thing at a time.</summary>
internal sealed class SharedMachine
{
    private readonly MachineFactory _factory;
    private readonly MachineReset? _reset;

    public SharedMachine(MachineFactory factory)
    {
        _factory = factory;
        Machine = factory.Build();
        if (factory.Definition.Reset == ResetPolicy.BeforeEachTest)
            _reset = new MachineReset(Machine);
    }

    public QemuMachine Machine { get; }

    /// <summary>Whether no test has used the machine since it became ready.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Whether it ended, or its guest did.</summary>
    public bool IsBroken => !Machine.IsRunning || Machine.Panic is not null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _factory.StartAsync(
            Machine,
            async token =>
            {
                await Machine.StartAsync(token).ConfigureAwait(false);
                if (_reset is not null)
                    await _reset.PrepareAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        IsFresh = true;
    }

    /// <summary>Brings it back to how it was when it became ready: in the quickest way that works, and by a new start if it is broken.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        await _factory.StopHookAsync(Machine, cancellationToken).ConfigureAwait(false);
        if (IsBroken || _reset is null)
        {
            await Machine.KillAsync().ConfigureAwait(false);
            await StartAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await _factory.StartAsync(Machine, _reset.ResetAsync, cancellationToken).ConfigureAwait(false);
        IsFresh = true;
    }

    public Task DisposeAsync() => _factory.DisposeAsync(Machine);
}
