namespace Qemu.Machine;

/// <summary>Which time-outs a timer takes.</summary>
internal static class TimeLimits
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>Gives the time-out back, before anything is begun that it could not end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer takes.</exception>
    public static TimeSpan Require(TimeSpan timeout, string parameter) =>
        timeout == Timeout.InfiniteTimeSpan || (timeout >= TimeSpan.Zero && timeout <= s_longest)
            ? timeout
            : throw new ArgumentOutOfRangeException(parameter, timeout, $"A time-out is between zero and {s_longest.TotalDays:0} days, or Timeout.InfiniteTimeSpan.");

    /// <summary>The time-out times a factor: at most what a timer takes.</summary>
    public static TimeSpan Scale(TimeSpan timeout, double factor) => timeout == Timeout.InfiniteTimeSpan
        ? timeout
        : TimeSpan.FromMilliseconds(Math.Min(timeout.TotalMilliseconds * factor, s_longest.TotalMilliseconds));
}
