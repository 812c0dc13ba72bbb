using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// Ends a running QEMU under one deadline: <c>quit</c> (without QMP: SIGTERM); past it SIGTERM where that is safe, then
/// SIGKILL, each bounded. A stopped or wedged QEMU never answers, so nothing here waits for an answer alone.
/// </summary>
internal sealed class GracefulEnd(MachineGeneration generation, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>How long QEMU may take to act on SIGTERM once it had its chance.</summary>
    private static readonly TimeSpan s_termLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a killed QEMU may take to be gone.</summary>
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(5);

    /// <summary>Asks QEMU to end, and waits.</summary>
    /// <returns>What went wrong on the way; null when nothing did.</returns>
    public async Task<Exception?> RunAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        generation.Ask(MachineEndCause.Shutdown);
        using var deadline = new CancellationTokenSource(timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Exception? problem = await AskAsync(linked.Token).ConfigureAwait(false);
        if (await ExitsAsync(linked.Token).ConfigureAwait(false))
            return problem;
        await ForceAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return problem ?? new TimeoutException($"QEMU did not end within {timeout.TotalSeconds:0.###} s.");
    }

    /// <summary>Waits for QEMU to end by itself; past the deadline it is forced to.</summary>
    /// <returns>What went wrong; null when nothing did.</returns>
    public async Task<Exception?> AwaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        if (await ExitsAsync(linked.Token).ConfigureAwait(false))
            return null;
        await ForceAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new TimeoutException($"The guest did not shut down within {timeout.TotalSeconds:0.###} s.");
    }

    private async Task<Exception?> AskAsync(CancellationToken cancellationToken)
    {
        if (generation.Qmp is not { } qmp)
        {
            // Before QMP is negotiated QEMU dies of SIGTERM instead of handling it; that is the launch's business, not a crash.
            generation.Process.Signal(Libc.SIGTERM);
            return null;
        }

        if (!generation.TryClaimQuit())
            return null;
        try
        {
            await qmp.SendAsync(new QmpCommand("quit"), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is QmpException or OperationCanceledException)
        {
            logger.LogDebug(error, "The quit command was not answered");
            if (error is QmpDisconnectedException && generation.IsRunning)
                generation.Process.Signal(Libc.SIGTERM);
            return error is QmpDisconnectedException { QuitSent: true } ? null : error;
        }
    }

    private async Task ForceAsync()
    {
        generation.AskForced();
        if (generation.Qmp is not null)
        {
            using var limit = new CancellationTokenSource(s_termLimit, timeProvider);
            generation.Process.Signal(Libc.SIGTERM);
            if (await ExitsAsync(limit.Token).ConfigureAwait(false))
                return;
        }

        generation.Process.Signal(Libc.SIGKILL);
        using var last = new CancellationTokenSource(s_killLimit, timeProvider);
        if (!await ExitsAsync(last.Token).ConfigureAwait(false))
            logger.LogError("QEMU (process {ProcessId}) did not die of SIGKILL within {Limit}", generation.Process.ProcessId, s_killLimit);
    }

    private async Task<bool> ExitsAsync(CancellationToken limit)
    {
        try
        {
            await generation.Process.Exited.WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
