using System.Globalization;

namespace Benchmarks;

/// <summary>How much the process's resident memory grew at most since a moment, as the kernel keeps it.</summary>
internal sealed class PeakMemory
{
    private readonly double _before;

    private PeakMemory(double before) => _before = before;

    public static PeakMemory Start()
    {
        // 5 resets the peak: proc(5), clear_refs.
        File.WriteAllText("/proc/self/clear_refs", "5");
        return new PeakMemory(Read("VmRSS:"));
    }

    public double GrowthInMebibytes() => Read("VmHWM:") - _before;

    private static double Read(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
