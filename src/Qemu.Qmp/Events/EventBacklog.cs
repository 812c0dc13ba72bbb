using System.Diagnostics.CodeAnalysis;

namespace Qemu.Qmp;

// What a queue holds: unclaimed events and the waits that none of them satisfies. One lock guards all of it, and nothing of others runs under it.
internal sealed class EventBacklog(int capacity)
{
    private const int RecentCount = 8;

    private readonly object _gate = new();
    private readonly EventRing _events = new(capacity);
    private readonly List<EventWaiter> _waiters = [];
    private readonly QmpEvent?[] _recent = new QmpEvent?[RecentCount];
    private long _seen;
    private long _lost;
    private Exception? _ended;
    private bool _disposed;

    public int Count
    {
        get
        {
            lock (_gate)
                return _events.Count;
        }
    }

    public void Offer(QmpEvent qmpEvent)
    {
        lock (_gate)
        {
            if (_disposed)
                return;

            _recent[_seen++ % RecentCount] = qmpEvent;
            if (HandToWaiter(qmpEvent))
                return;

            if (_events.IsFull)
            {
                _events.RemoveAt(0);
                _lost++;
            }

            _events.Add(qmpEvent);
        }
    }

    public bool TryTake([NotNullWhen(true)] out QmpEvent? qmpEvent)
    {
        lock (_gate)
        {
            ThrowIfLost();
            qmpEvent = _events.Count > 0 ? _events.RemoveAt(0) : null;
            return qmpEvent is not null;
        }
    }

    public QmpEvent[] TakeAll()
    {
        lock (_gate)
        {
            ThrowIfLost();
            return _events.RemoveAll();
        }
    }

    public void Discard(IReadOnlyCollection<string> names)
    {
        lock (_gate)
        {
            for (int i = _events.Count - 1; i >= 0; i--)
            {
                if (names.Contains(_events[i].Name))
                    _events.RemoveAt(i);
            }
        }
    }

    public Task<QmpEvent> WaitAsync(EventWaiter waiter, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TakeLoss() is { } loss)
                return Task.FromException<QmpEvent>(loss);

            for (int i = 0; i < _events.Count; i++)
            {
                if (waiter.Accepts(_events[i]))
                    return Task.FromResult(_events.RemoveAt(i));
            }

            if (_disposed)
                return Task.FromException<QmpEvent>(Disposed());
            if (_ended is not null)
                return Task.FromException<QmpEvent>(CauseFor(waiter, _ended));
            if (waiter.Timeout == TimeSpan.Zero)
                return Task.FromException<QmpEvent>(new QmpTimeoutException(waiter.What, waiter.Timeout, DescribeRecent()));

            _waiters.Add(waiter);
        }

        return waiter.RunAsync(timeProvider, cancellationToken);
    }

    // True when the wait was still open: the caller now completes it.
    public bool Withdraw(EventWaiter waiter, out string? lastSeen)
    {
        lock (_gate)
        {
            lastSeen = DescribeRecent();
            return _waiters.Remove(waiter);
        }
    }

    public void Begin()
    {
        lock (_gate)
            _ended = null;
    }

    public void End(Exception cause)
    {
        lock (_gate)
        {
            _ended = cause;
            FailWaiters(waiter => CauseFor(waiter, cause));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            FailWaiters(_ => Disposed());
        }
    }

    private bool HandToWaiter(QmpEvent qmpEvent)
    {
        for (int i = 0; i < _waiters.Count; i++)
        {
            EventWaiter waiter = _waiters[i];
            if (!waiter.Accepts(qmpEvent))
                continue;

            // Its continuations run elsewhere, not under this lock.
            _waiters.RemoveAt(i);
            waiter.TrySetResult(qmpEvent);
            return true;
        }

        return false;
    }

    private static ObjectDisposedException Disposed() => new(nameof(QmpEventQueue));

    private static Exception CauseFor(EventWaiter waiter, Exception cause) =>
        cause is QmpDisconnectedException disconnected ? disconnected.WhileAwaiting(waiter.What) : cause;

    private void FailWaiters(Func<EventWaiter, Exception> exceptionFor)
    {
        foreach (EventWaiter waiter in _waiters)
            waiter.TrySetException(exceptionFor(waiter));

        _waiters.Clear();
    }

    private void ThrowIfLost()
    {
        if (TakeLoss() is { } loss)
            throw loss;
    }

    private QmpEventOverflowException? TakeLoss()
    {
        if (_lost == 0)
            return null;

        QmpEventOverflowException loss = new(_lost, capacity);
        _lost = 0;
        return loss;
    }

    private string? DescribeRecent()
    {
        if (_seen == 0)
            return null;

        List<string> recent = [];
        for (long i = Math.Max(0, _seen - RecentCount); i < _seen; i++)
            recent.Add(_recent[i % RecentCount]!.ToString());

        return string.Join(", ", recent) + (_events.Count > 0 ? $" ({_events.Count} events are queued unclaimed)" : "");
    }
}
