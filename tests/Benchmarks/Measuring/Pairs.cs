using System.Diagnostics;

namespace Benchmarks;

/// <summary>
/// Measures two ways of doing one thing in turns, A B B A A B …, so that whatever else the host does falls on both; what
/// counts is the median over the pairs of the ratio within a pair.
/// </summary>
internal static class Pairs
{
    private const int WarmUps = 5;

    /// <summary>Runs pairs of actions that time themselves.</summary>
    public static async Task<PairedTimes> MeasureAsync(int pairs, Func<Task<TimeSpan>> ours, Func<Task<TimeSpan>> floor, int warmUps = WarmUps)
    {
        for (int i = 0; i < warmUps; i++)
        {
            await ours();
            await floor();
        }

        var times = new List<(TimeSpan Ours, TimeSpan Floor)>(pairs);
        for (int i = 0; i < pairs; i++)
        {
            if (i % 2 == 0)
            {
                TimeSpan first = await ours();
                times.Add((first, await floor()));
            }
            else
            {
                TimeSpan first = await floor();
                times.Add((await ours(), first));
            }
        }

        return new PairedTimes(times);
    }

    /// <summary>The time of one action.</summary>
    public static async Task<TimeSpan> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>The time of one action that blocks.</summary>
    public static TimeSpan Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }
}
