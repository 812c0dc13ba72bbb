using System.Globalization;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// Ends a running QEMU under one deadline: <c>quit</c> (without QMP: SIGTERM); past it SIGTERM where that is safe, then
/// SIGKILL, each bounded. A stopped or wedged QEMU never answers, so nothing here waits for an answer alone.
/// </summary>
internal sealed class GracefulEnd(MachineGeneration generation)
{
    /// <summary>How long QEMU may take to act on SIGTERM once it had its chance.</summary>
    private static readonly TimeSpan s_termLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a killed QEMU may take to be gone; giving back a large guest's memory is what takes time.</summary>
    private static readonly TimeSpan s_killLimit = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _timeProvider = generation.TimeProvider;
    private readonly ILogger _logger = generation.Logger;

    /// <summary>Asks QEMU to end, and waits.</summary>
    /// <returns>What went wrong on the way; null when nothing did.</returns>
    public async Task<Exception?> RunAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        generation.Ask(MachineEndCause.Shutdown);
        using var deadline = new CancellationTokenSource(timeout, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        Exception? problem = await AskAsync(linked.Token).ConfigureAwait(false);
        if (await ExitsAsync(linked.Token).ConfigureAwait(false))
            return problem;
        await ForceAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfTaskCancelled();
        return problem ?? TimedOut("QEMU did not end", timeout);
    }

    /// <summary>Waits for QEMU to end by itself; past the deadline it is forced to.</summary>
    /// <returns>What went wrong; null when nothing did.</returns>
    public async Task<Exception?> AwaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        if (await ExitsAsync(linked.Token).ConfigureAwait(false))
            return null;
        await ForceAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfTaskCancelled();
        return TimedOut("The guest did not shut down", timeout);
    }

    private static TimeoutException TimedOut(string what, TimeSpan limit) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what} within {limit.TotalSeconds:0.###} s."));

    private async Task<Exception?> AskAsync(CancellationToken cancellationToken)
    {
        if (generation.Qmp is not { } qmp)
        {
            // An early SIGTERM may kill QEMU instead of being handled; asked for, that is no crash.
            generation.Terminate();
            return null;
        }

        if (!generation.TryClaimQuit())
            return null;
        try
        {
            await qmp.SendAsync(new QmpCommand("quit"), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null; // the deadline has its own words
        }
        catch (QmpDisconnectedException error)
        {
            // The usual end of a session after quit. A QEMU that lost its monitor and lives on still hears a signal.
            _logger.LogDebug(error, "The quit command was not answered");
            if (generation.IsRunning)
                generation.Terminate();
            return error.QuitSent ? null : error;
        }
        catch (QmpException error)
        {
            _logger.LogDebug(error, "The quit command was not answered");
            return error;
        }
    }

    private async Task ForceAsync()
    {
        generation.Ask(MachineEndCause.Forced);
        if (generation.Qmp is not null)
        {
            using var limit = new CancellationTokenSource(s_termLimit, _timeProvider);
            generation.Terminate();
            if (await ExitsAsync(limit.Token).ConfigureAwait(false))
                return;
        }

        generation.Process.Signal(Libc.SIGKILL);
        using var last = new CancellationTokenSource(s_killLimit, _timeProvider);
        if (!await ExitsAsync(last.Token).ConfigureAwait(false))
            _logger.LogError("QEMU (process {ProcessId}) did not die of SIGKILL within {Limit}", generation.Process.ProcessId, s_killLimit);
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
