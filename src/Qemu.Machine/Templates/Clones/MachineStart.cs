using System.Globalization;

namespace Qemu.Machine;

/// <summary>How a machine came to be ready.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Duration">How long that took, the wait for a template that somebody else was building included.</param>
/// <param name="Reason">Why in no quicker way; null when there is none.</param>
public sealed record MachineStart(MachineStartKind Kind, TimeSpan Duration, string? Reason)
{
    /// <summary>In one line.</summary>
    public override string ToString()
    {
        string way = Kind switch
        {
            MachineStartKind.Clone => "cloned from its template",
            MachineStartKind.FallbackBoot => "booted instead of being cloned",
            MachineStartKind.Snapshot => "reset to a snapshot of itself",
            _ => "booted",
        };
        string text = string.Create(CultureInfo.InvariantCulture, $"{way} in {Duration.TotalSeconds:0.00} s");
        return Reason is null ? text : $"{text}: {Reason}";
    }
}
