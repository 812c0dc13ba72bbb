using System.Reflection;

namespace Tests.Conventions;

public sealed class DependencyTests
{
    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine", "Qemu.Qmp")]
    [InlineData("Qemu.Testing", "Qemu.Qmp", "Qemu.Machine")]
    [InlineData("Xunit.Qemu.V3", "Qemu.Qmp", "Qemu.Machine", "Qemu.Testing")]
    [InlineData("Xunit.Qemu.V2", "Qemu.Qmp", "Qemu.Machine", "Qemu.Testing")]
    public void Layer_refers_only_to_layers_below_it(string layer, params string[] below)
    {
        string[] ours = [.. References(layer).Where(name => name.StartsWith("Qemu.", StringComparison.Ordinal) || name.StartsWith("Xunit.Qemu", StringComparison.Ordinal))];

        Assert.All(ours, name => Assert.Contains(name, below));
    }

    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine")]
    [InlineData("Qemu.Testing")]
    public void Xunit_appears_in_the_adapters_alone(string layer) =>
        Assert.DoesNotContain(References(layer), name => name.StartsWith("xunit", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine")]
    [InlineData("Qemu.Testing")]
    public void Layer_needs_the_framework_and_logging_and_nothing_else(string layer)
    {
        string[] foreign = [.. References(layer).Where(name =>
            !name.StartsWith("System", StringComparison.Ordinal)
            && !name.StartsWith("Qemu.", StringComparison.Ordinal)
            && name is not ("netstandard" or "Microsoft.Win32.Primitives" or "Microsoft.Extensions.Logging.Abstractions"))];

        Assert.Empty(foreign);
    }

    [Fact]
    public void Adapter_needs_nothing_of_xunit_that_brings_an_entry_point() =>
        Assert.Equal(
            ["xunit.v3.common", "xunit.v3.core"],
            References("Xunit.Qemu.V3").Where(name => name.StartsWith("xunit", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Qemu.Qmp", "Qemu.Qmp")]
    [InlineData("Qemu.Machine", "Qemu.Machine")]
    [InlineData("Qemu.Testing", "Qemu.Testing")]
    [InlineData("Xunit.Qemu.V3", "Xunit.Qemu")]
    [InlineData("Xunit.Qemu.V2", "Xunit.Qemu")]
    public void Layer_has_one_namespace(string layer, string expected) =>
        Assert.Equal([expected], Layers.Get(layer).GetExportedTypes().Select(type => type.Namespace!).Distinct(StringComparer.Ordinal));

    private static IEnumerable<string> References(string layer) => Layers.Get(layer).GetReferencedAssemblies().Select(name => name.Name!);
}
