using Qemu.Machine;

namespace Xunit.Qemu;

/// <summary>A machine per test: xUnit.net makes the class anew for each test, and this base gives each its own machine, as <typeparamref name="T"/> describes it.</summary>
/// <remarks>
/// Do not implement <c>IAsyncLifetime</c> in a derived class, it would replace this one's: override <see cref="OnReadyAsync"/>
/// and <see cref="OnStoppingAsync"/>.
/// </remarks>
/// <typeparam name="T">The fixture that says what the machine is made of.</typeparam>
public abstract class QemuTest<T> : IClassFixture<QemuTemplateLease<T>>, IAsyncLifetime, IOwnsMachine
    where T : QemuMachineFixture, new()
{
    private readonly OwnMachine _own = new();

    /// <summary>This test's machine, ready.</summary>
    /// <exception cref="QemuLaunchException">It did not start. Whatever its start fails with is thrown here.</exception>
    protected QemuMachine Machine => _own.Machine;

    async LifetimeTask IAsyncLifetime.InitializeAsync()
    {
        QemuTemplateLease<T>.Enter(_own);
        await _own.StartAsync(QemuTemplateLease<T>.Host, OnReadyAsync).ConfigureAwait(false);
    }

    async LifetimeTask LifetimeEnd.DisposeAsync()
    {
        QemuTemplateLease<T>.Leave(_own);
        await _own.EndAsync(OnStoppingAsync).ConfigureAwait(false);
    }

    void IOwnsMachine.ThrowIfFailed() => _own.ThrowIfFailed();

    /// <summary>Runs when this test's machine has become ready, before the test.</summary>
    protected virtual Task OnReadyAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the test, if the machine is still running.</summary>
    protected virtual Task OnStoppingAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;
}
