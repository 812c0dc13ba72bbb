using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>Hashes of files' contents. A file is read again only when it has changed; of a large one the hash is kept between runs.</summary>
/// <param name="directory">Where hashes are kept.</param>
internal sealed class ContentHashes(string directory)
{
    private const long KeptFrom = 4 * 1024 * 1024;

    private static readonly ConcurrentDictionary<(string Path, FileIdentity Identity), string> s_known = [];

    /// <summary>SHA-256 of a file's content, in hexadecimal digits.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<string> GetAsync(string path, CancellationToken cancellationToken)
    {
        string file = Path.GetFullPath(path);
        FileIdentity identity = FileIdentity.Of(file);
        if (s_known.TryGetValue((file, identity), out string? hash))
            return hash;
        string? kept = identity.Length >= KeptFrom ? KeptPath(file) : null;
        hash = kept is null ? null : ReadKept(kept, identity);
        if (hash is null)
        {
            FileStream stream = File.OpenRead(file);
            await using (stream.ConfigureAwait(false))
                hash = Convert.ToHexString(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            if (kept is not null)
                Keep(kept, identity, hash);
        }

        s_known[(file, identity)] = hash;
        return hash;
    }

    private string KeptPath(string file) => Path.Combine(directory, TemplateHash.Of(file));

    private static string? ReadKept(string path, FileIdentity identity)
    {
        if (!File.Exists(path))
            return null;
        string[] parts = File.ReadAllText(path).Split('\n');
        return parts.Length == 2 && parts[0] == Describe(identity) ? parts[1] : null;
    }

    private void Keep(string path, FileIdentity identity, string hash)
    {
        Directory.CreateDirectory(directory);
        string partial = path + Path.GetRandomFileName();
        File.WriteAllText(partial, Describe(identity) + "\n" + hash);
        File.Move(partial, path, overwrite: true);
    }

    private static string Describe(FileIdentity identity) =>
        string.Create(CultureInfo.InvariantCulture, $"{identity.Inode} {identity.Length} {identity.Written} {identity.Changed}");
}
