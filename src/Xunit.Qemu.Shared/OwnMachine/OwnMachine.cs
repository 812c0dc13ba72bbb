using System.Runtime.ExceptionServices;
using Qemu.Machine;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>The machine of one test: started with the test's class, ended with it; a failed start is kept for the test.</summary>
internal sealed class OwnMachine
{
    private QemuMachine? _machine;
    private TestScope? _scope;
    private ExceptionDispatchInfo? _failure;

    public QemuMachine Machine
    {
        get
        {
            ThrowIfFailed();
            return _machine ?? throw new QemuConfigurationException(
                "This test's machine was not started. A class derived from QemuTest<T> must not implement IAsyncLifetime itself: override OnReadyAsync and OnStoppingAsync instead.");
        }
    }

    public async Task StartAsync(MachineHost host, Func<QemuMachine, CancellationToken, Task> onReady)
    {
        _scope = CurrentTest.Open();
        CancellationToken cancellationToken = CurrentTest.CancellationToken;
        try
        {
            _machine = await MachineDelivery.CreateAsync(host, cancellationToken).ConfigureAwait(false);
            await onReady(_machine, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Thrown here it would end the test before any hook runs, and its evidence would be lost.
            _failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    public void ThrowIfFailed() => _failure?.Throw();

    public async Task EndAsync(Func<QemuMachine, CancellationToken, Task> onStopping)
    {
        // A plain fact has no hook that ended the scope before.
        if (_scope is not null)
            await _scope.EndAsync(CurrentTest.HasFailed).ConfigureAwait(false);
        if (_machine is null)
            return;
        try
        {
            if (_machine.IsRunning)
                await EngineScope.RunNeutralAsync(() => onStopping(_machine, CancellationToken.None)).ConfigureAwait(false);
        }
        finally
        {
            await _machine.DisposeAsync().ConfigureAwait(false);
        }

        if (_scope is not null)
            CurrentTest.ThrowPanic(_scope);
        else if (TestScope.PanicOf(_machine) is { } panic)
            throw panic; // of a plain fact with xUnit.net v2 nobody knows whether it failed with it already
    }

    /// <summary>Ends the machine of a test whose class xUnit.net did not dispose of: v2 does not, of a plain fact that timed out.</summary>
    public ValueTask DisposeForgottenAsync() => _machine?.DisposeAsync() ?? ValueTask.CompletedTask;
}
