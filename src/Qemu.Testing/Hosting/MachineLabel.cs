using System.Globalization;
using System.Text.RegularExpressions;

namespace Qemu.Testing;

/// <summary>What machines are called: unique on the host as the machine's name, and short in the report of one test.</summary>
internal static partial class MachineLabel
{
    private static int s_count;

    /// <summary>A name for a machine of a fixture.</summary>
    public static string NewName(string fixture) =>
        string.Create(CultureInfo.InvariantCulture, $"{ArtifactName.Segment(fixture)}-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");

    /// <summary>A machine's name without the numbers that make it unique.</summary>
    public static string Of(string machineName) => Numbers().Match(machineName) is { Success: true } match
        && match.Groups["process"].Value == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            ? machineName[..match.Index]
            : machineName;

    [GeneratedRegex(@"-(?<process>[0-9]+)(-[0-9]+)+$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
