namespace Qemu.Qmp;

// The commands in flight, by id, and their deadlines: one timer for all, armed for the earliest deadline and left alone when commands complete,
// so that a command that is answered in time costs no timer.
internal sealed class PendingCommands : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<long, PendingCommand> _commands = [];
    private readonly TimeProvider _timeProvider;
    private readonly Func<string?> _lastSeen;
    private readonly ITimer _timer;
    private long _lastId;
    private long _armedFor = long.MaxValue;
    private QmpDisconnectedException? _end;

    public PendingCommands(TimeProvider timeProvider, Func<string?> lastSeen)
    {
        _timeProvider = timeProvider;
        _lastSeen = lastSeen;
        _timer = timeProvider.CreateTimer(static state => ((PendingCommands)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // Enters a command under an id of its own. After the end of the session it comes back failed.
    public PendingCommand Add(QmpCommand command, TimeSpan timeout, CancellationToken cancellationToken, out long id)
    {
        PendingCommand pending = new(command.Name, timeout, DeadlineAfter(timeout));
        pending.CancelWith(cancellationToken);
        lock (_gate)
        {
            id = TakeId();
            if (_end is null)
            {
                _commands.Add(id, pending);
                if (pending.Deadline < _armedFor)
                    Arm(pending.Deadline);

                return pending;
            }
        }

        pending.Fail(_end.WhileAwaiting(pending.What));
        return pending;
    }

    // The command that a reply with this id answers; null when none is waiting for it.
    public PendingCommand? Take(long id)
    {
        lock (_gate)
            return _commands.Remove(id, out PendingCommand? pending) ? pending : null;
    }

    // The command that a reply without an id must belong to: the only unanswered one. Otherwise null, and how many there are.
    public PendingCommand? TakeOnly(out int count)
    {
        lock (_gate)
        {
            count = _commands.Count;
            if (count != 1)
                return null;

            PendingCommand only = _commands.Values.First();
            _commands.Clear();
            return only;
        }
    }

    public void End(QmpDisconnectedException end)
    {
        PendingCommand[] unanswered;
        lock (_gate)
        {
            _end = end;
            unanswered = [.. _commands.Values];
            _commands.Clear();
        }

        foreach (PendingCommand pending in unanswered)
            pending.Fail(end.WhileAwaiting(pending.What));
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    // In turn, and short: QEMU's monitor takes its input byte by byte, which costs it some microseconds for each.
    private long TakeId()
    {
        long largest = Math.Max(9, 2L * _commands.Count);
        do
            _lastId = _lastId < largest ? _lastId + 1 : 1;
        while (_commands.ContainsKey(_lastId));
        return _lastId;
    }

    private long DeadlineAfter(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan
        ? long.MaxValue
        : _timeProvider.GetTimestamp() + (long)(timeout.TotalSeconds * _timeProvider.TimestampFrequency);

    private void Arm(long deadline)
    {
        _armedFor = deadline;

        // A timer may fire early by less than its resolution of a millisecond: round up, so that it does not fire twice.
        double seconds = (double)(deadline - _timeProvider.GetTimestamp()) / _timeProvider.TimestampFrequency;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(seconds * 1000))), Timeout.InfiniteTimeSpan);
    }

    private void Sweep()
    {
        List<PendingCommand> late = [];
        lock (_gate)
        {
            long now = _timeProvider.GetTimestamp();
            long next = long.MaxValue;
            foreach (PendingCommand pending in _commands.Values)
            {
                if (pending.IsDecided)
                    continue;
                if (pending.Deadline <= now)
                    late.Add(pending);
                else
                    next = Math.Min(next, pending.Deadline);
            }

            if (next == long.MaxValue)
                _armedFor = next;
            else
                Arm(next);
        }

        foreach (PendingCommand pending in late)
            pending.Fail(new QmpTimeoutException(pending.What, pending.Timeout, _lastSeen()));
    }
}
