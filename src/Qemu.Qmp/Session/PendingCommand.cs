namespace Qemu.Qmp;

// A command on its way. Completed by its reply, its deadline, its token or the end of the session, whichever is first;
// it stays in the table until its reply came, so that a late reply is recognised.
internal sealed class PendingCommand(string name, TimeSpan timeout, long deadline)
    : TaskCompletionSource<QmpResponse>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _cancellation;

    public string Name => name;

    public string What => $"the reply to '{name}'";

    public TimeSpan Timeout => timeout;

    // In ticks of the session's clock; long.MaxValue for none.
    public long Deadline => deadline;

    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;

        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((PendingCommand)state!).TrySetCanceled(token), this);
    }

    // False when it was completed before. Unregister and not Dispose, which would wait for a callback that may be running.
    public bool Complete(QmpResponse response)
    {
        _cancellation.Unregister();
        return TrySetResult(response);
    }

    public void Fail(Exception error)
    {
        _cancellation.Unregister();
        TrySetException(error);
    }
}
