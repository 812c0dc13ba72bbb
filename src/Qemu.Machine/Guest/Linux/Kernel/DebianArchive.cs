using System.ComponentModel;
using System.Security.Cryptography;

namespace Qemu.Machine;

/// <summary>The host's apt and dpkg, used as any user may: asking, downloading and unpacking, never installing.</summary>
internal sealed class DebianArchive(HostCommand run)
{
    /// <summary>The concrete packages behind the first of <paramref name="candidates"/> that apt knows, the kernel's own first.</summary>
    public async Task<IReadOnlyList<DebianPackage>> ResolveAsync(IReadOnlyList<string> candidates, CancellationToken cancellationToken)
    {
        DebianPackage? root = null;
        GuestImageException? refusal = null;
        foreach (string candidate in candidates)
        {
            try
            {
                root = await ShowAsync(candidate, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (GuestImageException error)
            {
                refusal ??= error;
            }
        }

        if (root is null)
            throw refusal!;

        var found = new List<DebianPackage> { root };
        for (int next = 0; next < found.Count; next++)
        {
            foreach (string name in found[next].KernelDependencies.Where(name => found.TrueForAll(known => known.Name != name)).ToArray())
                found.Add(await ShowAsync(name, cancellationToken).ConfigureAwait(false));
        }

        found.RemoveAll(package => !package.IsConcrete);
        return found.Count > 0 ? found : throw new GuestImageException($"The package {root.Name} {root.Version} is neither a kernel nor depends on one (\"{root.Depends}\").");
    }

    /// <summary>Downloads a package, compares its hash and unpacks it below <paramref name="directory"/>.</summary>
    public async Task UnpackAsync(DebianPackage package, string directory, CancellationToken cancellationToken)
    {
        string downloads = Directory.CreateDirectory(Path.Combine(directory, "download")).FullName;
        try
        {
            await run("apt-get", ["download", "-q", $"{package.Name}={package.Version}"], downloads, cancellationToken).ConfigureAwait(false);
        }
        catch (GuestImageException error)
        {
            throw Explain(error, $"The package {package.Name} {package.Version} could not be downloaded. If the archive has a newer one meanwhile, `sudo apt-get update` learns of it.");
        }

        string file = Directory.GetFiles(downloads, "*.deb") is [string only] ? only : throw new GuestImageException($"`apt-get download {package.Name}` ended well and left no package.");
        await CheckAsync(file, package, cancellationToken).ConfigureAwait(false);
        await run("dpkg-deb", ["-x", file, directory], directory, cancellationToken).ConfigureAwait(false);
        Directory.Delete(downloads, recursive: true);
    }

    private static async Task CheckAsync(string file, DebianPackage package, CancellationToken cancellationToken)
    {
        FileStream stream = File.OpenRead(file);
        await using (stream.ConfigureAwait(false))
        {
            string actual = Convert.ToHexString(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            if (!actual.Equals(package.Sha256, StringComparison.OrdinalIgnoreCase))
                throw new GuestImageException($"The downloaded package {package.Name} {package.Version} is not what apt announced: its SHA-256 is {actual}, expected {package.Sha256.ToUpperInvariant()}. Nothing of it was used.");
        }
    }

    private async Task<DebianPackage> ShowAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            string text = await run("apt-cache", ["show", "--no-all-versions", name], "/", cancellationToken).ConfigureAwait(false);
            return DebianPackage.Parse(text) ?? throw new GuestImageException($"apt knows no archive that has the package {name}. If its lists are missing: `sudo apt-get update`.");
        }
        catch (GuestImageException error) when (error.InnerException is Win32Exception)
        {
            throw Explain(error, "This host has no apt to fetch a kernel with: LinuxKernel.FromHost and LinuxKernel.FromFiles work on any distribution.");
        }
        catch (GuestImageException error) when (error.Command is not null)
        {
            throw Explain(error, $"apt does not know the package {name}. If its lists are missing, as in a fresh container: `sudo apt-get update`.");
        }
    }

    private static GuestImageException Explain(GuestImageException error, string what) =>
        new($"{what}\n{error.Message}", error) { Command = error.Command, CommandOutput = error.CommandOutput };
}
