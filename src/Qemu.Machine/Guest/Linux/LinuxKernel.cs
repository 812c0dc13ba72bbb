using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>A Linux kernel to start a guest with: its image, and its modules if it has any. Immutable.</summary>
public sealed class LinuxKernel
{
    internal LinuxKernel(string path, string? modulesDirectory, string release)
    {
        Path = path;
        ModulesDirectory = modulesDirectory;
        Release = release;
    }

    /// <summary>The kernel image, for QEMU's <c>-kernel</c>: absolute path.</summary>
    public string Path { get; }

    /// <summary>The directory with <c>modules.dep</c>, such as <c>/lib/modules/6.1.0-18-amd64</c>; null for a kernel that has everything built in.</summary>
    public string? ModulesDirectory { get; }

    /// <summary>What <c>uname -r</c> will say in the guest.</summary>
    public string Release { get; }

    /// <summary>Takes a kernel that the caller has built or unpacked.</summary>
    /// <param name="path">The image: bzImage or vmlinuz.</param>
    /// <param name="modulesDirectory">The <c>lib/modules/RELEASE</c> that belongs to it, with the <c>modules.dep</c> that depmod writes.</param>
    /// <exception cref="GuestImageException">The image or the directory is missing or cannot be read.</exception>
    public static LinuxKernel FromFiles(string path, string? modulesDirectory = null)
    {
        string image = System.IO.Path.GetFullPath(path);
        string? modules = modulesDirectory is null ? null : System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(modulesDirectory));
        if (modules is not null && !Directory.Exists(modules))
            throw new GuestImageException($"The kernel's module directory {modules} does not exist.");

        return new LinuxKernel(image, modules, KernelImage.ReadRelease(image) ?? System.IO.Path.GetFileName(modules ?? image));
    }

    /// <summary>Takes a kernel that is installed on this host with its modules: the one that runs if it can be read, else the newest.</summary>
    /// <exception cref="GuestImageException">None can be read. Containers have none, and Ubuntu lets only root read them: <see cref="FromDebianPackageAsync"/> works there.</exception>
    public static LinuxKernel FromHost() => HostKernels.Find("/");

    /// <summary>
    /// Fetches the kernel of a Debian or Ubuntu package through the host's apt, without root and without installing it. What apt verified is compared with the
    /// package's SHA-256 once more, unpacked, and kept by version; concurrent calls, of other processes too, fetch once. With a kernel kept, nothing is fetched
    /// until apt's lists name a newer one, and without apt's lists the one kept last is used.
    /// </summary>
    /// <param name="package">
    /// A kernel package or a metapackage that depends on one. By default <c>linux-image-cloud-amd64</c> (or <c>-arm64</c>, as the host is), which has the virtio drivers and boots
    /// quickly; where a distribution has none, <c>linux-image-virtual</c> (Ubuntu).
    /// </param>
    /// <param name="cacheDirectory">Where kernels are kept; null: the cache directory of the settings, by default <c>xunit-qemu</c> in the user's local application data.</param>
    /// <param name="progress">Told what is being done, when it takes time.</param>
    /// <param name="cancellationToken">Ends the host's tools; the cache keeps whole kernels only.</param>
    /// <exception cref="GuestImageException">The host has no apt, apt knows no such package (its lists may be missing), or the download failed or is not what apt announced.</exception>
    public static Task<LinuxKernel> FromDebianPackageAsync(
        string? package = null, string? cacheDirectory = null, IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        string[] candidates = package is not null ? [package] : [$"linux-image-cloud-{DebianArchitecture}", "linux-image-virtual"];
        var store = new DebianKernelStore(GuestCache.Open(cacheDirectory ?? MachineScope.Settings.CacheDirectory), HostProgram.RunAsync) { Progress = progress };
        return LongWork.RunAsync($"Fetching the kernel of package {candidates[0]}", "the host's apt", () => store.GetAsync(candidates, cancellationToken));
    }

    private static string DebianArchitecture => RuntimeInformation.OSArchitecture == Architecture.X64 ? "amd64" : RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
}
