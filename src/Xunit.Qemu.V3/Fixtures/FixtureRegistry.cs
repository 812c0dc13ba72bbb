using System.Collections.Concurrent;
using System.Reflection;

namespace Xunit.Qemu;

/// <summary>The fixtures of this run, under the unique ids of what shares them.</summary>
internal static class FixtureRegistry
{
    private const string KeyPrefix = "Xunit.Qemu.Fixtures:";

    /// <summary>Notes a fixture that is being initialised; tells what shares it.</summary>
    public static FixtureLevel Register(QemuMachineFixture fixture)
    {
        ITestContext context = TestContext.Current;
        FixtureLevel level = context switch
        {
            { TestClass: not null } => FixtureLevel.Class,
            { TestCollection: not null } => FixtureLevel.Collection,
            _ => FixtureLevel.Assembly,
        };
        if (IdOf(context, level) is { } id)
            FixturesOf(context, id).Add(fixture);
        return level;
    }

    /// <summary>The fixtures whose machine a test of this class uses: those of the class itself, and the shared ones that its constructor takes.</summary>
    public static IReadOnlyList<QemuMachineFixture> UsedBy(Type testClass)
    {
        var used = new List<QemuMachineFixture>();
        ITestContext context = TestContext.Current;
        var parameters = testClass.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .ToList();
        foreach (FixtureLevel level in (FixtureLevel[])[FixtureLevel.Assembly, FixtureLevel.Collection, FixtureLevel.Class])
        {
            if (IdOf(context, level) is not { } id)
                continue;
            foreach (QemuMachineFixture fixture in FixturesOf(context, id))
            {
                if (level == FixtureLevel.Class || parameters.Contains(fixture.GetType()))
                    used.Add(fixture);
            }
        }

        return used;
    }

    private static string? IdOf(ITestContext context, FixtureLevel level) => level switch
    {
        FixtureLevel.Class => context.TestClass?.UniqueID,
        FixtureLevel.Collection => context.TestCollection?.UniqueID,
        _ => context.TestAssembly?.UniqueID,
    };

    private static ConcurrentBag<QemuMachineFixture> FixturesOf(ITestContext context, string id) =>
        (ConcurrentBag<QemuMachineFixture>)context.KeyValueStorage.GetOrAdd(KeyPrefix + id, static _ => new ConcurrentBag<QemuMachineFixture>())!;
}
