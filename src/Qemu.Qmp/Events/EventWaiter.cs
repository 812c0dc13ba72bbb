namespace Qemu.Qmp;

// One wait for one event. Whoever removes it from its backlog, under the backlog's lock, completes it; so it is completed once.
internal sealed class EventWaiter(EventBacklog backlog, QmpEventPattern[] patterns, TimeSpan timeout)
    : TaskCompletionSource<QmpEvent>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private ITimer? _timer;
    private CancellationTokenRegistration _cancellation;

    public TimeSpan Timeout => timeout;

    public string What => patterns.Length == 0 ? "an event" : $"the event {string.Join(" or ", patterns.Select(pattern => pattern.ToString()))}";

    // No patterns: any event will do.
    public bool Accepts(QmpEvent qmpEvent)
    {
        foreach (QmpEventPattern pattern in patterns)
        {
            if (pattern.Matches(qmpEvent))
                return true;
        }

        return patterns.Length == 0;
    }

    public async Task<QmpEvent> RunAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
                _timer = timeProvider.CreateTimer(static state => ((EventWaiter)state!).OnTimeout(), this, timeout, System.Threading.Timeout.InfiniteTimeSpan);

            _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((EventWaiter)state!).OnCancelled(token), this);
            return await Task.ConfigureAwait(false);
        }
        finally
        {
            if (_timer is not null)
                await _timer.DisposeAsync().ConfigureAwait(false);

            await _cancellation.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void OnTimeout()
    {
        if (backlog.Withdraw(this, out string? lastSeen))
            TrySetException(new QmpTimeoutException(What, timeout, lastSeen));
    }

    private void OnCancelled(CancellationToken cancellationToken)
    {
        if (backlog.Withdraw(this, out _))
            TrySetCanceled(cancellationToken);
    }
}
