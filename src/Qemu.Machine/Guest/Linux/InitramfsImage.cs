using System.IO.Compression;
using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>A complete list of members on its way to a stream, a file or the cache.</summary>
internal sealed class InitramfsImage(IReadOnlyCollection<CpioEntry> entries, CompressionLevel compression)
{
    private const int BufferLength = 128 * 1024;

    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(5);

    /// <summary>Writes the archive, compressed if so asked, and returns the SHA-256 of what it is uncompressed.</summary>
    public async Task<string> WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (compression == CompressionLevel.NoCompression)
            return await WriteArchiveAsync(stream, cancellationToken).ConfigureAwait(false);

        var gzip = new GZipStream(stream, compression, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
            return await WriteArchiveAsync(gzip, cancellationToken).ConfigureAwait(false);
    }

    public async Task<string> WriteFileAsync(string path, CancellationToken cancellationToken)
    {
        string partial = path + ".partial";
        try
        {
            string hash;
            var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None);
            try
            {
                await using (file.ConfigureAwait(false))
                    hash = await WriteAsync(file, cancellationToken).ConfigureAwait(false);

                File.Move(partial, path, overwrite: true);
                return hash;
            }
            catch
            {
                File.Delete(partial);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The initramfs {path} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Reads everything once for the name, and writes only when no file has that name yet.</summary>
    public async Task<string> WriteOnceAsync(string directory, CancellationToken cancellationToken)
    {
        string hash = await WriteArchiveAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        string path = Path.Combine(directory, $"initramfs-{hash[..32]}.cpio{(compression == CompressionLevel.NoCompression ? "" : ".gz")}");
        if (File.Exists(path))
            return path;

        using FileLock mine = await FileLock.AcquireAsync(Path.Combine(directory, "initramfs.lock"), LockLimit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        if (!File.Exists(path) && await WriteFileAsync(path, cancellationToken).ConfigureAwait(false) != hash)
        {
            File.Delete(path);
            throw new GuestImageException("A host file changed while the initramfs was built. Build it once its files are complete.");
        }

        return path;
    }

    private async Task<string> WriteArchiveAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var hash = SHA256.Create();
        var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true);
        await using (hashed.ConfigureAwait(false))
        {
            var buffered = new BufferedStream(hashed, BufferLength);
            var writer = new CpioWriter(buffered);
            foreach (CpioEntry entry in entries)
                await writer.WriteAsync(entry, cancellationToken).ConfigureAwait(false);

            await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
            await buffered.FlushAsync(cancellationToken).ConfigureAwait(false);
            await hashed.FlushFinalBlockAsync(cancellationToken).ConfigureAwait(false);
        }

        return Convert.ToHexString(hash.Hash!);
    }
}
