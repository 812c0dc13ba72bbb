using Qemu.Testing;

namespace Tests.Qemu.Testing.Artifacts;

public sealed class ArtifactBundleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-testing-");

    private string Target => Path.Combine(_directory.FullName, "a", "b");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Bundle_replaces_that_of_an_earlier_run()
    {
        ArtifactBundle.Write(Target, [File_("test.txt"), File_("old.log")]);
        ArtifactBundle.Write(Target, [File_("test.txt"), File_("vm/new.log")]);

        Assert.Equal(["test.txt", "vm/new.log"], Files());
    }

    [Fact]
    public void Bundle_that_cannot_be_finished_leaves_the_earlier_one_and_no_part_of_itself()
    {
        ArtifactBundle.Write(Target, [File_("test.txt"), File_("old.log")]);

        Assert.Throws<IOException>(() => ArtifactBundle.Write(Target, [File_("test.txt"), new EvidenceFile("x", _ => throw new IOException("disk full"))]));

        Assert.Equal(["old.log", "test.txt"], Files());
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void Directory_without_the_marker_is_never_removed()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "precious"), "");

        ArtifactBundle.Remove(Target);
        Assert.Throws<IOException>(() => ArtifactBundle.Write(Target, [File_("test.txt")]));

        Assert.Equal(["precious"], Files());
    }

    private static EvidenceFile File_(string name) => new(name, stream => stream.WriteByte((byte)'x'));

    private string[] Files() =>
        [.. Directory.GetFiles(Target, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Target, file)).Order(StringComparer.Ordinal)];
}
