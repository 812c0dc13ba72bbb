namespace Benchmarks;

/// <summary>What a series of pairs gave.</summary>
internal sealed class PairedTimes(IReadOnlyList<(TimeSpan Ours, TimeSpan Floor)> times)
{
    /// <summary>How much longer ours takes: 1.1 is a tenth longer.</summary>
    public double TimeRatio => Quantile(0.5, pair => pair.Ours / pair.Floor);

    /// <summary>How much of the floor's speed ours has: 0.9 is a tenth slower.</summary>
    public double SpeedRatio => Quantile(0.5, pair => pair.Floor / pair.Ours);

    public TimeSpan OursMedian => TimeSpan.FromMilliseconds(Quantile(0.5, pair => pair.Ours.TotalMilliseconds));

    public TimeSpan FloorMedian => TimeSpan.FromMilliseconds(Quantile(0.5, pair => pair.Floor.TotalMilliseconds));

    /// <summary>Median and middle half of the ratios, for the console.</summary>
    public string Describe() => FormattableString.Invariant(
        $"{times.Count} pairs: ours {OursMedian.TotalMilliseconds:0.000} ms, floor {FloorMedian.TotalMilliseconds:0.000} ms; ratio {TimeRatio:0.000} ({Quantile(0.25, pair => pair.Ours / pair.Floor):0.000}–{Quantile(0.75, pair => pair.Ours / pair.Floor):0.000})");

    private double Quantile(double q, Func<(TimeSpan Ours, TimeSpan Floor), double> value)
    {
        double[] sorted = [.. times.Select(value).Order()];
        double position = q * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
