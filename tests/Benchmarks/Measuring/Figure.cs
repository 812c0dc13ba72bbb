namespace Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Floor">What it is compared with.</param>
/// <param name="Target">What it should be.</param>
/// <param name="Measured">What it was.</param>
/// <param name="IsMet">Whether that is good enough.</param>
internal sealed record Figure(string Name, string Floor, string Target, string Measured, bool IsMet)
{
    private const string None = "";

    /// <summary>A time that should be at most so many times the floor's.</summary>
    public static Figure AtMost(string name, string floor, double limit, double ratio) =>
        new(name, floor, FormattableString.Invariant($"≤ {limit:0.00} ×"), FormattableString.Invariant($"{ratio:0.00} ×"), ratio <= limit);

    /// <summary>A speed that should be at least so many times the floor's.</summary>
    public static Figure AtLeast(string name, string floor, double limit, double ratio) =>
        new(name, floor, FormattableString.Invariant($"≥ {limit:0.00} ×"), FormattableString.Invariant($"{ratio:0.00} ×"), ratio >= limit);

    /// <summary>A quantity with a limit of its own.</summary>
    public static Figure AtMost(string name, double limit, double value, string unit) =>
        new(name, None, FormattableString.Invariant($"≤ {limit:#,0.##} {unit}"), FormattableString.Invariant($"{value:#,0.##} {unit}"), value <= limit);

    /// <summary>A quantity that should reach a limit.</summary>
    public static Figure AtLeast(string name, double limit, double value, string unit) =>
        new(name, None, FormattableString.Invariant($"≥ {limit:#,0.##} {unit}"), FormattableString.Invariant($"{value:#,0.##} {unit}"), value >= limit);
}
