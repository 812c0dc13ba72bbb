using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>One unpacked kernel package. Its seal is written last and holds the hashes of the image and of the module list, so that damage is noticed and mended.</summary>
internal sealed class KernelEntry(string directory)
{
    private const string SealFile = "seal";

    public string Directory => directory;

    /// <summary>Null when there is no entry, or one that is not as it was sealed.</summary>
    public async Task<LinuxKernel?> TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            string[] expected = await File.ReadAllLinesAsync(Path.Combine(directory, SealFile), cancellationToken).ConfigureAwait(false);
            LinuxKernel kernel = Locate();
            string[] actual = await HashAsync(kernel, cancellationToken).ConfigureAwait(false);
            return actual.SequenceEqual(expected) ? kernel : null;
        }
        catch (Exception error) when (error is IOException or GuestImageException)
        {
            return null;
        }
    }

    /// <summary>Makes the module list and writes the seal.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        LinuxKernel kernel = Locate();
        await KernelModules.WriteDependenciesAsync(kernel.ModulesDirectory!, cancellationToken).ConfigureAwait(false);
        string[] hashes = await HashAsync(kernel, cancellationToken).ConfigureAwait(false);
        await File.WriteAllLinesAsync(Path.Combine(directory, SealFile), hashes, cancellationToken).ConfigureAwait(false);
    }

    private LinuxKernel Locate()
    {
        string? image = First("boot", "vmlinuz-*");
        string? modules = First("lib/modules", "*") ?? First("usr/lib/modules", "*");
        return image is not null && modules is not null
            ? new LinuxKernel(image, modules, Path.GetFileName(modules))
            : throw new GuestImageException($"The package unpacked to {directory} holds no kernel image with its modules.");

        string? First(string place, string pattern)
        {
            string folder = Path.Combine(directory, place);
            return System.IO.Directory.Exists(folder) ? System.IO.Directory.EnumerateFileSystemEntries(folder, pattern).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        }
    }

    private static async Task<string[]> HashAsync(LinuxKernel kernel, CancellationToken cancellationToken) =>
    [
        await HashAsync(kernel.Path, cancellationToken).ConfigureAwait(false),
        await HashAsync(Path.Combine(kernel.ModulesDirectory!, "modules.dep"), cancellationToken).ConfigureAwait(false),
    ];

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        FileStream stream = File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
            return Convert.ToHexString(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }
}
