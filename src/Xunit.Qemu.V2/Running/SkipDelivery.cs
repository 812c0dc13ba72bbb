using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Tells xUnit.net v2 that a test is to be skipped.</summary>
internal static class SkipDelivery
{
    /// <summary>From a constructor or a test's body it skips the test, if that is one of ours: <see cref="QemuTestRunner"/> goes by the type. A plain fact fails with the reason.</summary>
    public static Exception Create(RequirementNotMetException unmet) => unmet;
}
