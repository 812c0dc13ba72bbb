using System.Formats.Tar;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Files;

/// <summary>What a guest packs is the guest's own choice: it must not write where nobody asked it to.</summary>
public sealed class GuestArchiveTests : IDisposable
{
    private readonly TempRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/tmp/evil")]
    public Task Entry_outside_of_the_directory_is_refused(string name) =>
        Assert.ThrowsAsync<GuestShellException>(() => UnpackAsync(File(name)));

    [Fact]
    public async Task Nothing_is_written_through_a_link_of_the_archive()
    {
        string outside = Directory.CreateDirectory(_root.File("outside")).FullName;

        await Assert.ThrowsAnyAsync<Exception>(() => UnpackAsync(Link("door", outside), File("door/evil")));

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_that_was_there_before()
    {
        string outside = Directory.CreateDirectory(_root.File("outside")).FullName;
        await UnpackAsync(Link("door", outside), Link("file", _root.Write("precious", "as it was")));

        await Assert.ThrowsAsync<GuestShellException>(() => UnpackAsync(File("door/evil")));
        await UnpackAsync(File("file"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.Equal("as it was", System.IO.File.ReadAllText(_root.File("precious")));
    }

    private async Task UnpackAsync(params TarEntry[] entries)
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
                await writer.WriteEntryAsync(entry, TestContext.Current.CancellationToken);
        }

        archive.Position = 0;
        await GuestArchive.UnpackAsync(archive, Directory.CreateDirectory(_root.File("target")).FullName, TestContext.Current.CancellationToken);
    }

    private static PaxTarEntry File(string name) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("evil"u8.ToArray()) };

    private static PaxTarEntry Link(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };
}
