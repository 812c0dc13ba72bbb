using System.Globalization;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A wait on the guest reached its deadline. The machine runs on and stays usable.</summary>
public sealed class QemuTimeoutException : QemuException
{
    internal QemuTimeoutException(string awaited, TimeSpan timeout, string? lastSeen)
        : base(Describe(awaited, timeout, lastSeen))
    {
        Awaited = awaited;
        Timeout = timeout;
        LastSeen = lastSeen;
    }

    /// <summary>What was waited for.</summary>
    public string Awaited { get; }

    /// <summary>How long.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The last of what was seen instead; null when nothing was.</summary>
    public string? LastSeen { get; }

    private static string Describe(string awaited, TimeSpan timeout, string? lastSeen)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"Waited {timeout.TotalSeconds:0.###} s for {awaited}.");
        return string.IsNullOrWhiteSpace(lastSeen)
            ? text + " Nothing was seen."
            : $"{text} The last that was seen:{Environment.NewLine}{ReportText.Clean(lastSeen).TrimEnd()}";
    }
}
