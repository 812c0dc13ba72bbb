using System.IO.Compression;
using System.Text;

namespace Qemu.Machine;

/// <summary>A module's file on the host, plain or compressed as distributions ship it.</summary>
internal static class KernelModuleFile
{
    private const string Extension = ".ko";

    /// <summary>The name that modprobe and lsmod use: <c>virtio-rng.ko.xz</c> is the module <c>virtio_rng</c>; null for another kind of file.</summary>
    public static string? NameOf(string path)
    {
        string file = Path.GetFileName(path);
        int end = file.IndexOf(Extension, StringComparison.Ordinal);
        return end > 0 && file[(end + Extension.Length)..] is "" or ".gz" or ".xz" or ".zst" ? Canonical(file[..end]) : null;
    }

    /// <summary>Modules are named with '-' or '_' indifferently; the kernel itself says '_'.</summary>
    public static string Canonical(string name) => name.Replace('-', '_');

    /// <summary>The path without the suffix of its compression: what is stored in the guest is always plain, as busybox insmod knows xz at most and zstd never.</summary>
    public static string PlainPath(string path) => path[..(path.LastIndexOf(Extension, StringComparison.Ordinal) + Extension.Length)];

    /// <summary>The module's plain bytes as a seekable stream. xz and zstd, unknown to .NET, are left to the host's programs of that name.</summary>
    public static async Task<Stream> OpenPlainAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Path.GetExtension(path) switch
            {
                ".gz" => await GunzipAsync(path, cancellationToken).ConfigureAwait(false),
                ".xz" => await DecompressAsync("xz", path, "xz-utils", cancellationToken).ConfigureAwait(false),
                ".zst" => await DecompressAsync("zstd", path, "zstd", cancellationToken).ConfigureAwait(false),
                _ => File.OpenRead(path),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new GuestImageException($"The kernel module {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The modules it says it needs, from the <c>depends=</c> line that the kernel build puts into its <c>.modinfo</c> section.</summary>
    public static async Task<string[]> ReadDependenciesAsync(string path, CancellationToken cancellationToken)
    {
        Stream module = await OpenPlainAsync(path, cancellationToken).ConfigureAwait(false);
        await using (module.ConfigureAwait(false))
        {
            try
            {
                byte[] information = ElfFile.TryOpen(module)?.ReadSection(".modinfo") ?? throw new InvalidDataException("it is no 64-bit kernel module");
                string depends = Encoding.ASCII.GetString(information).Split('\0').FirstOrDefault(line => line.StartsWith("depends=", StringComparison.Ordinal)) ?? "depends=";
                return depends["depends=".Length..].Split(',', StringSplitOptions.RemoveEmptyEntries);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
            {
                throw new GuestImageException($"The dependencies of the kernel module {path} cannot be read: {error.Message}.", error);
            }
        }
    }

    private static async Task<Stream> GunzipAsync(string path, CancellationToken cancellationToken)
    {
        var plain = new MemoryStream();
        using var compressed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        await compressed.CopyToAsync(plain, cancellationToken).ConfigureAwait(false);
        plain.Position = 0;
        return plain;
    }

    private static async Task<Stream> DecompressAsync(string program, string path, string debianPackage, CancellationToken cancellationToken)
    {
        try
        {
            MemoryStream plain = await HostProgram.CaptureAsync(program, ["-dc", "--", path], Path.GetDirectoryName(path)!, cancellationToken).ConfigureAwait(false);
            plain.Position = 0;
            return plain;
        }
        catch (GuestImageException error) when (error.InnerException is System.ComponentModel.Win32Exception)
        {
            throw new GuestImageException($"{path} is compressed, and this host has no `{program}` to unpack it: install the package {debianPackage}.", error);
        }
    }
}
