using System.Formats.Tar;

namespace Qemu.Machine;

/// <summary>Unpacks what a guest packed. A guest's links may lead anywhere, also to what this host does not have: they are made as they are, and nothing is written through them.</summary>
internal static class GuestArchive
{
    /// <exception cref="GuestShellException">An entry lies outside the directory, or behind a link.</exception>
    public static async Task UnpackAsync(Stream archive, string directory, CancellationToken cancellationToken)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var links = new List<(string Path, TarEntry Entry)>();
        var modes = new List<(string Path, UnixFileMode Mode)>();
        var reader = new TarReader(archive, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                string path = Below(root, entry.Name);
                switch (entry.EntryType)
                {
                    case TarEntryType.Directory:
                        Directory.CreateDirectory(path);
                        if (!OperatingSystem.IsWindows())
                            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                        modes.Add((path, entry.Mode));
                        break;
                    case TarEntryType.SymbolicLink or TarEntryType.HardLink:
                        links.Add((path, entry));
                        break;
                    default:
                        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                        await entry.ExtractToFileAsync(path, overwrite: true, cancellationToken).ConfigureAwait(false);
                        break;
                }
            }
        }

        // Hard links first: they stand for files of the archive, and not for what a link leads to.
        foreach ((string path, TarEntry entry) in links.OrderBy(link => link.Entry.EntryType == TarEntryType.SymbolicLink))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            if (entry.EntryType == TarEntryType.SymbolicLink)
                File.CreateSymbolicLink(path, entry.LinkName);
            else
                File.Copy(Below(root, entry.LinkName), path);
        }

        // From the innermost outwards, and last: one that is closed to its owner takes nothing any more.
        if (!OperatingSystem.IsWindows())
        {
            foreach ((string path, UnixFileMode mode) in modes.AsEnumerable().Reverse())
                File.SetUnixFileMode(path, mode);
        }
    }

    private static string Below(string root, string name)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(root, name)));
        if (path == root)
            return path;
        if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new GuestShellException($"The guest's archive holds '{name}', which lies outside of {root}.");
        for (string above = Path.GetDirectoryName(path)!; above.Length > root.Length; above = Path.GetDirectoryName(above)!)
        {
            if (new FileInfo(above).LinkTarget is not null)
                throw new GuestShellException($"The guest's archive holds '{name}', which lies behind the link {above}.");
        }

        return path;
    }
}
