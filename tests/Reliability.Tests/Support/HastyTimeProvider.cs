using System.Diagnostics;

namespace Tests.Reliability;

/// <summary>The system's clock until it is told to run faster: then deadlines of half a minute pass in seconds. Timers set from then on are affected.</summary>
internal sealed class HastyTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private long _realOrigin = Stopwatch.GetTimestamp();
    private long _origin = Stopwatch.GetTimestamp();
    private double _speed = 1;

    public override long GetTimestamp()
    {
        lock (_gate)
            return _origin + (long)((Stopwatch.GetTimestamp() - _realOrigin) * _speed);
    }

    public void Hurry(double speed)
    {
        lock (_gate)
        {
            _origin = GetTimestamp();
            _realOrigin = Stopwatch.GetTimestamp();
            _speed = speed;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new HastyTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    private TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / _speed;

    private sealed class HastyTimer(ITimer timer, HastyTimeProvider clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Real(dueTime), clock.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
