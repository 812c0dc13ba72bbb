using Qemu.Machine;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Why a test is to be skipped, before anything is made for it.</summary>
internal static class SkipReason
{
    /// <summary>The reason; null when the test is to run, be it to fail.</summary>
    public static string? Probe(HostRequirements requirements)
    {
        try
        {
            return RequirementCheck.Unmet(requirements, QemuTestSettings.Current);
        }
        catch (QemuConfigurationException)
        {
            return null; // a setting that makes no sense must not pass for a skipped test: running fails with it
        }
    }
}
