namespace Tests.Conventions;

/// <summary>A test file moves from xUnit.net v2 to v3 by changing its package reference: both adapters offer the same.</summary>
public sealed class ParityTests
{
    /// <summary>All differences there are. Assembly fixtures, which v2 does not know, leave no trace: a fixture is the same type wherever it is shared.</summary>
    private static readonly (string Reason, string V2, string V3)[] s_differences =
    [
        ("v3 calls an attribute that is a hook itself; for v2 the test case is one of ours",
            "sealed class QemuFactAttribute : FactAttribute, ITraitAttribute",
            "sealed class QemuFactAttribute : FactAttribute, IBeforeAfterTestAttribute, ITraitAttribute"),
        ("the same",
            "sealed class QemuTheoryAttribute : TheoryAttribute, ITraitAttribute",
            "sealed class QemuTheoryAttribute : TheoryAttribute, IBeforeAfterTestAttribute, ITraitAttribute"),
        ("v3 learns where a test stands from its attribute; v2 from the symbols. Nobody writes these arguments",
            "QemuFactAttribute()",
            "QemuFactAttribute(String sourceFilePath = default, Int32 sourceLineNumber = -1)"),
        ("the same",
            "QemuTheoryAttribute()",
            "QemuTheoryAttribute(String sourceFilePath = default, Int32 sourceLineNumber = -1)"),
        ("v3's IAsyncLifetime derives from IAsyncDisposable; all are implemented explicitly",
            "abstract class QemuMachineFixture : IAsyncLifetime",
            "abstract class QemuMachineFixture : IAsyncDisposable, IAsyncLifetime"),
        ("the same",
            "abstract class QemuTest<T> : IAsyncLifetime, IClassFixture<QemuTemplateLease<T>>",
            "abstract class QemuTest<T> : IAsyncDisposable, IAsyncLifetime, IClassFixture<QemuTemplateLease<T>>"),
        ("the same",
            "sealed class QemuTemplateLease<T> : IAsyncLifetime",
            "sealed class QemuTemplateLease<T> : IAsyncDisposable, IAsyncLifetime"),
    ];

    [Fact]
    public void Adapters_for_v2_and_v3_offer_the_same_but_for_what_is_listed()
    {
        string[] v2 = Lines("Xunit.Qemu.V2");
        string[] v3 = Lines("Xunit.Qemu.V3");

        Assert.Equal(s_differences.Select(known => known.V2).Order(StringComparer.Ordinal), v2.Except(v3, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(s_differences.Select(known => known.V3).Order(StringComparer.Ordinal), v3.Except(v2, StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>One for each type and each member, those of members with their type.</summary>
    private static string[] Lines(string adapter)
    {
        var lines = new List<string>();
        string type = "";
        foreach (string line in PublicSurface.Describe(Layers.Get(adapter)).TrimEnd('\n').Split('\n'))
        {
            if (!line.StartsWith(' '))
                type = line.Split(" : ")[0].Split(' ')[^1];
            string member = line.Trim();
            lines.Add(line.StartsWith(' ') && !member.StartsWith(type + "(", StringComparison.Ordinal) ? $"{type}: {member}" : member);
        }

        return [.. lines];
    }
}
