using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>A panic, and what brings it about, which may wait for something that a guest that panicked will never do.</summary>
internal static class ProvokedPanic
{
    public static async Task<GuestPanic> WaitAsync(QemuMachine vm, string title, Func<CancellationToken, Task> provoke, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        using PanicAllowance allowance = vm.AllowPanics(title);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<GuestPanic> panicking = allowance.WaitAsync(timeout, over.Token);
        Task provoking = ProvokeAsync(provoke, over.Token);
        try
        {
            await Task.WhenAny(provoking, panicking).ConfigureAwait(false);
            if (FailedByItself(provoking))
                await provoking.ConfigureAwait(false);

            // What a machine threw may come of the panic, of whose report the last lines are still on their way.
            GuestPanic panic = await panicking.ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(provoking).ConfigureAwait(false);
            if (FailedByItself(provoking))
                await provoking.ConfigureAwait(false);
            return panic;
        }
        catch (QemuTimeoutException) when (provoking.IsFaulted)
        {
            await provoking.ConfigureAwait(false); // why there was none
            throw;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(Task.WhenAll(provoking, panicking)).ConfigureAwait(false); // nobody is left behind
        }
    }

    private static async Task ProvokeAsync(Func<CancellationToken, Task> provoke, CancellationToken cancellationToken) =>
        await provoke(cancellationToken).ConfigureAwait(false);

    private static bool FailedByItself(Task provoking) => provoking.Exception?.InnerException is { } error and not QemuException;
}
