using Qemu.Testing;

namespace Tests.Qemu.Testing.Artifacts;

public sealed class ArtifactTreeTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-testing-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Test_has_a_directory_named_after_assembly_class_and_method()
    {
        string path = ArtifactTree.PathOf(Identity("Powers_off"), new QemuTestSettings { ArtifactsDirectory = "/a" });

        Assert.Equal("/a/Some.Tests-net10.0/Some.Class/Powers_off", path);
    }

    [Fact]
    public void Row_of_a_theory_has_a_directory_of_its_own_that_can_be_read()
    {
        var settings = new QemuTestSettings { ArtifactsDirectory = "/a" };

        string one = ArtifactTree.PathOf(Identity("Exists") with { Row = "(name: \"lo\")", UniqueId = "1" }, settings);
        string two = ArtifactTree.PathOf(Identity("Exists") with { Row = "(name: \"lo\")", UniqueId = "2" }, settings);

        Assert.StartsWith("/a/Some.Tests-net10.0/Some.Class/Exists(name_lo)-", one, StringComparison.Ordinal);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void Hostile_names_stay_below_the_root()
    {
        TestIdentity test = new("../x", "", "../../y", "/etc/passwd", "z", "1", "(path: \"../../../..\")");

        string path = ArtifactTree.PathOf(test, new QemuTestSettings { ArtifactsDirectory = _directory.FullName });

        Assert.StartsWith(_directory.FullName + "/", Path.GetFullPath(path), StringComparison.Ordinal);
        Assert.Equal(3, Path.GetRelativePath(_directory.FullName, Path.GetFullPath(path)).Split('/').Length);
    }

    [Theory]
    [InlineData("repo/.git", "repo/src/sub.sln", "repo")]
    [InlineData("repo/all.sln", "repo/src/tests/tests.csproj", "repo")]
    [InlineData("repo/all.slnx", "repo/src/tests/tests.csproj", "repo")]
    [InlineData("repo/readme", "repo/src/tests/tests.csproj", "repo/src/tests")]
    public void Root_is_the_repository_else_the_solution_else_the_project(string one, string two, string expected)
    {
        string start = Path.Combine(_directory.FullName, "repo/src/tests/bin/Debug");
        Directory.CreateDirectory(start);
        File.WriteAllText(Path.Combine(_directory.FullName, one), "");
        File.WriteAllText(Path.Combine(_directory.FullName, two), "");

        Assert.Equal(Path.Combine(_directory.FullName, expected, "artifacts/qemu"), ArtifactTree.FindRoot(start));
    }

    private static TestIdentity Identity(string method) => new("Some.Tests", "net10.0", "Some.Class", method, method, method);
}
