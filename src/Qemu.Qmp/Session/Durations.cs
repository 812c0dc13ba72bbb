namespace Qemu.Qmp;

internal static class Durations
{
    // What timers take.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static void RequireTimeout(TimeSpan timeout, string parameter)
    {
        if (timeout != Timeout.InfiniteTimeSpan && (timeout < TimeSpan.Zero || timeout > Longest))
            throw new ArgumentOutOfRangeException(parameter, timeout, $"A time-out is between zero and {Longest.TotalDays:0} days, or Timeout.InfiniteTimeSpan.");
    }
}
