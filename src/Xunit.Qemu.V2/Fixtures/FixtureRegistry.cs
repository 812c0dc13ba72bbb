namespace Xunit.Qemu;

/// <summary>Finds the fixtures of a test. xUnit.net v2 hands them to the test and tells nobody else of them.</summary>
internal static class FixtureRegistry
{
    /// <summary>What shares a fixture that is being initialised: a class or a collection, which here is all the same.</summary>
    public static FixtureLevel Register(QemuMachineFixture fixture)
    {
        _ = fixture;
        return FixtureLevel.Class;
    }

    /// <summary>The fixtures whose machine a test uses: those that its class's constructor takes.</summary>
    public static IReadOnlyList<QemuMachineFixture> UsedBy(object[] constructorArguments) => [.. constructorArguments.OfType<QemuMachineFixture>()];
}
