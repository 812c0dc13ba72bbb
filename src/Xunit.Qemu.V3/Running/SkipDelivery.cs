using Qemu.Machine;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Tells xUnit.net v3 that a test is to be skipped.</summary>
internal static class SkipDelivery
{
    private const string DynamicSkip = "$XunitDynamicSkip$";

    /// <summary>Why a test is to be skipped, before anything is made for it; null when it is to run.</summary>
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

    /// <summary>From a hook, a constructor or a test's body it skips the test. xUnit.net goes by how the message begins.</summary>
    public static Exception Create(RequirementNotMetException unmet) => new RequirementNotMetException(DynamicSkip + unmet.Message);
}
