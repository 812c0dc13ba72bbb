using System.Globalization;

namespace Tests.Reliability;

/// <summary>
/// How often a test repeats itself: a sample by default, the full figure with <c>XUNIT_QEMU_SOAK=1</c>; a fraction such as
/// <c>XUNIT_QEMU_SOAK=0.2</c> does that part of the full figure, and never less than the sample.
/// </summary>
internal static class Soak
{
    private static readonly double s_fraction =
        double.TryParse(Environment.GetEnvironmentVariable("XUNIT_QEMU_SOAK"), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;

    /// <summary>Whether these are the full figures, for which the host has nothing else to do.</summary>
    public static bool IsFull => s_fraction >= 1;

    public static int Count(int sample, int full) => Math.Max(sample, (int)(full * s_fraction));

    /// <summary>The seed of random choices: another one for each run of the soak, always printed.</summary>
    public static Random Random()
    {
        int seed = s_fraction > 0 ? Environment.TickCount : 20_26;
        TestContext.Current.SendDiagnosticMessage($"{TestContext.Current.Test?.TestDisplayName}: seed {seed}");
        return new Random(seed);
    }
}
