using System.IO.Compression;
using System.Xml.Linq;

namespace Tests.Packages;

public sealed class PackageContentTests(PackedFeed feed)
{
    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine")]
    [InlineData("Qemu.Testing")]
    [InlineData("Xunit.Qemu.V3")]
    [InlineData("Xunit.Qemu.V2")]
    public void Library_comes_for_both_frameworks_with_documentation_and_symbols(string id)
    {
        string[] files = Entries(feed.PathOf(id));
        string[] symbols = Entries(feed.PathOf(id, "snupkg"));

        foreach (string framework in (string[])["net8.0", "net10.0"])
        {
            Assert.Contains($"lib/{framework}/{id}.dll", files);
            Assert.Contains($"lib/{framework}/{id}.xml", files);
            Assert.Contains($"lib/{framework}/{id}.pdb", symbols);
        }
    }

    [Theory]
    [InlineData("Qemu.Qmp")]
    [InlineData("Qemu.Machine")]
    [InlineData("Qemu.Testing")]
    [InlineData("Xunit.Qemu.V3")]
    [InlineData("Xunit.Qemu.V2")]
    [InlineData("Qemu.Doctor")]
    [InlineData("Xunit.Qemu.Templates")]
    public void Package_has_readme_licence_and_description(string id)
    {
        using ZipArchive package = ZipFile.OpenRead(feed.PathOf(id));
        using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        XElement metadata = XDocument.Load(nuspec).Root!.Elements().First();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("MIT", Value("license"));
        Assert.NotEmpty(Value("description"));
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry("LICENSE"));
    }

    [Fact]
    public async Task Doctor_installs_as_a_tool_and_runs()
    {
        using var newcomer = new Newcomer(feed.Folder);

        await newcomer.TypeAsync("dotnet tool install Qemu.Doctor --tool-path tools");
        string said = await newcomer.TypeAsync("tools/qemu-doctor --help");

        Assert.Contains("qemu-doctor", said, StringComparison.Ordinal);
    }

    private static string[] Entries(string path)
    {
        using ZipArchive package = ZipFile.OpenRead(path);
        return [.. package.Entries.Select(entry => entry.FullName)];
    }
}
