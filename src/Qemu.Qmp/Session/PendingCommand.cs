namespace Qemu.Qmp;

// A command on its way. Its outcome is decided by its reply, its deadline, its token or the end of the session, whichever is first;
// it stays in the table until its reply came, so that a late reply is recognised.
//
// What waits for a command runs on the thread that delivers its outcome, so that is a pool thread which does nothing else at the moment.
internal sealed class PendingCommand(string name, TimeSpan timeout, long deadline) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<QmpResponse> _delivered = new();
    private CancellationTokenRegistration _cancellation;
    private object? _outcome;   // a QmpResponse, or the exception

    public string Name => name;

    public string What => $"the reply to '{name}'";

    public TimeSpan Timeout => timeout;

    // In ticks of the session's clock; long.MaxValue for none.
    public long Deadline => deadline;

    public Task<QmpResponse> Task => _delivered.Task;

    public bool IsDecided => Volatile.Read(ref _outcome) is not null;

    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;

        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingCommand)state!).Fail(new OperationCanceledException(token)), this);
    }

    // The reply came; to be delivered by the caller. False when the outcome was decided before.
    public bool TryAnswer(QmpResponse response) => TryDecide(response);

    public void Fail(Exception error)
    {
        if (TryDecide(error))
            DeliverElsewhere();
    }

    public void DeliverElsewhere() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Deliver()
    {
        if (_outcome is QmpResponse response)
            _delivered.SetResult(response);
        else if (_outcome is OperationCanceledException cancelled)
            _delivered.SetCanceled(cancelled.CancellationToken);
        else
            _delivered.SetException((Exception)_outcome!);
    }

    void IThreadPoolWorkItem.Execute() => Deliver();

    // Unregister and not Dispose, which would wait for a callback that may be running.
    private bool TryDecide(object outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null)
            return false;

        _cancellation.Unregister();
        return true;
    }
}
