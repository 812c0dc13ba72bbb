using System.Collections.Concurrent;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Progress;

[Collection(nameof(MachineProgress))] // there is one sink
public sealed class LongWorkTests
{
    [Fact]
    public async Task Long_work_says_what_it_is_how_long_it_took_and_what_it_waits_for()
    {
        var said = new ConcurrentQueue<string>();
        MachineProgress.SetSink(message =>
        {
            if (message.StartsWith("Trying this", StringComparison.Ordinal))
                said.Enqueue(message);
        });
        try
        {
            var time = new StepTime();
            var quick = new TaskCompletionSource();
            Task work = LongWork.RunAsync("Trying this", "that", () => quick.Task, time);
            time.Fire(TimeSpan.FromSeconds(5));
            time.Fire(TimeSpan.FromSeconds(10));
            quick.SetResult();
            await work;
            await LongWork.RunAsync("Trying this too", "that", () => Task.CompletedTask, new StepTime());

            Assert.Equal(["Trying this: 5 s so far, waiting for that", "Trying this: 15 s so far, waiting for that", "Trying this: 15 s in all"], said);
        }
        finally
        {
            MachineProgress.SetSink(null);
        }
    }

    [Fact]
    public async Task Part_of_work_is_not_told_of_that_waits_for_the_same()
    {
        var said = new ConcurrentQueue<string>();
        MachineProgress.SetSink(message =>
        {
            if (message.StartsWith("Nested", StringComparison.Ordinal))
                said.Enqueue(message);
        });
        try
        {
            var outer = new StepTime();
            var same = new StepTime();
            var other = new StepTime();
            await LongWork.RunAsync("Nested, outer", "the same\nthing", () => LongWork.RunAsync("Nested, same", "the same\nthing", () => LongWork.RunAsync("Nested, other", "another", Fire, other), same), outer);

            Assert.Equal(["Nested, outer: 5 s so far, waiting for the same\\nthing", "Nested, other: 5 s so far, waiting for another", "Nested, other: 5 s in all", "Nested, outer: 5 s in all"], said);

            Task Fire()
            {
                outer.Fire(TimeSpan.FromSeconds(5));
                same.Fire(TimeSpan.FromSeconds(5));
                other.Fire(TimeSpan.FromSeconds(5));
                return Task.CompletedTask;
            }
        }
        finally
        {
            MachineProgress.SetSink(null);
        }
    }

    /// <summary>A clock that moves when it is told to.</summary>
    private sealed class StepTime : TimeProvider
    {
        private TimerCallback? _callback;
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Fire(TimeSpan after)
        {
            _now += after.Ticks;
            _callback?.Invoke(null);
        }
    }
}
