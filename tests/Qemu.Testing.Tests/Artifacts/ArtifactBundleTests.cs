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
        ArtifactBundle.Publish(Finished("test.txt", "old.log"), Target);
        ArtifactBundle.Publish(Finished("test.txt", "vm/new.log"), Target);

        Assert.Equal(["test.txt", "vm/new.log"], Files());
    }

    [Fact]
    public async Task Bundles_of_several_at_once_are_all_published_and_the_last_stays_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
                ArtifactBundle.Publish(Finished("test.txt", "one.log", "vm/two.log"), Target);
        })));

        Assert.Equal(["one.log", "test.txt", "vm/two.log"], Files());
        Assert.Equal([Target], Directory.GetDirectories(Path.GetDirectoryName(Target)!));
        Assert.Equal([Path.GetDirectoryName(Target)!], Directory.GetDirectories(_directory.FullName));
    }

    [Fact]
    public void Directory_without_the_marker_is_never_removed()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "precious"), "");

        ArtifactBundle.Remove(Target);
        Assert.Throws<IOException>(() => ArtifactBundle.Publish(Finished("test.txt"), Target));

        Assert.Equal(["precious"], Files());
    }

    [Fact]
    public void Empty_directories_above_a_removed_bundle_go_with_it_up_to_the_root()
    {
        ArtifactBundle.Publish(Finished("test.txt"), Target);

        ArtifactBundle.Remove(Target);
        ArtifactBundle.RemoveEmptyParents(Target, _directory.FullName);

        Assert.False(Directory.Exists(Path.Combine(_directory.FullName, "a")));
        Assert.True(_directory.Exists);
    }

    private string Finished(params string[] names)
    {
        string directory = Path.Combine(_directory.FullName, Path.GetRandomFileName());
        foreach (string name in names)
        {
            string path = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
        }

        return directory;
    }

    private string[] Files() =>
        [.. Directory.GetFiles(Target, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Target, file)).Order(StringComparer.Ordinal)];
}
