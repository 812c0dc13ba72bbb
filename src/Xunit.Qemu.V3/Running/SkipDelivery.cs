using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Tells xUnit.net v3 that a test is to be skipped.</summary>
internal static class SkipDelivery
{
    private const string DynamicSkip = "$XunitDynamicSkip$";

    /// <summary>From a hook, a constructor or a test's body it skips the test. xUnit.net goes by how the message begins.</summary>
    public static Exception Create(RequirementNotMetException unmet) => new RequirementNotMetException(DynamicSkip + unmet.Message);
}
