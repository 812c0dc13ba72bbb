using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Qemu.Qmp;

// Descriptors go one at a time, because QEMU keeps only the last one that it received: the next goes when the command that takes this one was answered.
[SuppressMessage("Design", "CA1001", Justification = "Commands that still wait for their turn when the session ends must find a semaphore to release.")]
internal sealed class DescriptorLane(CommandWriter writer, PendingCommands pending, Task<QmpDisconnectedException> disconnected, TimeProvider timeProvider)
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<QmpResponse> SendWithAsync(SafeHandle descriptor, QmpCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        long start = timeProvider.GetTimestamp();
        await WaitForTurnAsync($"the turn of '{command.Name}' to send its descriptor", timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            PendingCommand entered = pending.Add(command, TimeLeft(timeout, start), cancellationToken, out long id);
            try
            {
                Task sent = writer.SendDescriptorAsync(descriptor, command, id);
                if (await Task.WhenAny(sent, entered.Task).ConfigureAwait(false) == sent)
                    await sent.ConfigureAwait(false);
            }
            catch
            {
                // It was not sent, so no reply will come.
                pending.Take(id);
                throw;
            }

            return await entered.Task.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    // A peer that has stopped reading takes no descriptor either, so this has a deadline as commands have.
    public async Task SendAloneAsync(SafeHandle descriptor, TimeSpan timeout, CancellationToken cancellationToken)
    {
        const string awaited = "the peer to take a descriptor";
        long start = timeProvider.GetTimestamp();
        await WaitForTurnAsync(awaited, timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            Task sent = writer.SendDescriptorAsync(descriptor, command: null, id: 0);
            await InTimeAsync(token => Task.WhenAny(sent, disconnected).WaitAsync(token), awaited, timeout, start, cancellationToken).ConfigureAwait(false);
            if (disconnected.IsCompleted)
                throw (await disconnected.ConfigureAwait(false)).WhileAwaiting("the sending of a descriptor");

            await sent.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task WaitForTurnAsync(string awaited, TimeSpan timeout, CancellationToken cancellationToken) =>
        InTimeAsync(_turn.WaitAsync, awaited, timeout, timeProvider.GetTimestamp(), cancellationToken);

    private async Task InTimeAsync(Func<CancellationToken, Task> wait, string awaited, TimeSpan timeout, long start, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(TimeLeft(timeout, start), timeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await wait(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new QmpTimeoutException(awaited, timeout, lastSeen: null);
        }
    }

    private TimeSpan TimeLeft(TimeSpan timeout, long start)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            return timeout;
        TimeSpan left = timeout - timeProvider.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
