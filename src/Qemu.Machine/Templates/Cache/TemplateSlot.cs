using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>
/// One template's place in the cache, with two locks. Whoever makes the template or removes it holds the building lock; whoever uses it
/// shares the place's own lock with others, and it is removed only while nobody does.
/// </summary>
/// <param name="directory">The directory of all templates.</param>
/// <param name="key">The template's key.</param>
internal sealed class TemplateSlot(string directory, string key)
{
    private const string LockSuffix = ".lock";
    private const string BuildingSuffix = ".building";
    private const string PartialMark = ".partial-";
    private const string MemoryPrefix = "xunit-qemu-template-";

    /// <summary>In a partial template, where its memory is, if that is elsewhere: who removes the one removes the other.</summary>
    private const string MemoryNote = "memory-directory";

    public string Key => key;

    /// <summary>The complete template's directory.</summary>
    public string Path => System.IO.Path.Combine(directory, key);

    /// <summary>Shared by users, held alone to remove.</summary>
    public string LockPath => Path + LockSuffix;

    /// <summary>Held to make or to remove.</summary>
    public string BuildingLockPath => Path + BuildingSuffix;

    /// <summary>When the template was last used: opening it sets the lock file's time.</summary>
    public DateTimeOffset LastUsedAt => new(File.GetLastWriteTimeUtc(LockPath));

    /// <summary>All places that were ever used in a directory.</summary>
    public static IEnumerable<TemplateSlot> In(string directory) =>
        Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "*" + LockSuffix)
                .Select(file => new TemplateSlot(directory, System.IO.Path.GetFileNameWithoutExtension(file)))
            : [];

    /// <summary>The template, if it is there whole; else null, and what is wrong with what is there.</summary>
    public TemplateManifest? Read(out string? problem) => TemplateManifest.Read(Path, out problem);

    /// <summary>Takes the template out of use: the next who wants it builds it anew.</summary>
    public void Invalidate() => File.Delete(new TemplateFiles(Path, Path).Manifest);

    public void MarkUsed(DateTimeOffset now) => File.SetLastWriteTimeUtc(LockPath, now.UtcDateTime);

    /// <summary>Builds the template beside its place, where nothing may be, and moves it there when it is complete. The caller holds the building lock.</summary>
    public async Task BuildAsync(QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        string random = RandomNumberGenerator.GetHexString(12, lowercase: true);
        string partial = Path + PartialMark + random;
        string memory = spec.Template?.MemoryDirectory is { } root ? System.IO.Path.Combine(root, $"{MemoryPrefix}{key}-{random}") : partial;
        try
        {
            Libc.MakeDirectory(partial);
            if (memory != partial)
            {
                await File.WriteAllTextAsync(System.IO.Path.Combine(partial, MemoryNote), memory, cancellationToken).ConfigureAwait(false);
                Libc.MakeDirectory(memory);
            }

            var files = new TemplateFiles(partial, memory);
            TemplateManifest manifest = await TemplateBuild.RunAsync(spec, files, cancellationToken).ConfigureAwait(false);
            manifest.Write(files.Manifest);
            Directory.Move(partial, Path);
        }
        catch
        {
            Delete(partial);
            Delete(memory);
            throw;
        }
    }

    /// <summary>Removes the template and what builders that were killed left of it. The caller holds both locks alone.</summary>
    /// <param name="memoryRoot">A directory where guests' memory may be, besides the one the template itself names; null for none.</param>
    public void Remove(string? memoryRoot = null)
    {
        if (Read(out _)?.MemoryDirectory is { } memory)
            Delete(memory);
        Delete(Path);
        RemovePartial(memoryRoot);
    }

    /// <summary>Removes what builders that were killed left behind. The caller holds the building lock.</summary>
    public void RemovePartial(string? memoryRoot = null)
    {
        foreach (string partial in Directory.EnumerateDirectories(directory, key + PartialMark + "*"))
        {
            string note = System.IO.Path.Combine(partial, MemoryNote);
            if (File.Exists(note) && File.ReadAllText(note) is var memory && System.IO.Path.GetFileName(memory).StartsWith($"{MemoryPrefix}{key}-", StringComparison.Ordinal))
                Delete(memory);
            Delete(partial);
        }

        if (memoryRoot is null || !Directory.Exists(memoryRoot))
            return;
        string? inUse = Read(out _)?.MemoryDirectory;
        foreach (string left in Directory.EnumerateDirectories(memoryRoot, $"{MemoryPrefix}{key}-*").Where(left => left != inUse))
            Delete(left);
    }

    /// <summary>What the template takes of the host's file systems, in bytes.</summary>
    public long Size()
    {
        IEnumerable<string> files = Directory.Exists(Path) ? Directory.EnumerateFiles(Path) : [];
        if (Read(out _)?.MemoryDirectory is { } memory)
            files = files.Concat(Directory.EnumerateFiles(memory));
        return files.Sum(file => FileIdentity.Of(file).Allocated);
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
