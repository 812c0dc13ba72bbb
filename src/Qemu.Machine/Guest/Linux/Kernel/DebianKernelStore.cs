using System.Globalization;

namespace Qemu.Machine;

/// <summary>
/// Kernels from Debian packages, unpacked once: <c>kernels/PACKAGE_VERSION_ARCHITECTURE</c> holds one whole kernel, and <c>kernels/NAME.resolved</c> remembers
/// which one a package name meant when apt's lists were last read, because asking apt takes most of a second where it keeps no index of its own.
/// </summary>
internal sealed class DebianKernelStore(string cacheDirectory, HostCommand run)
{
    /// <summary>A first download over a slow line, in another process.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(15);

    private readonly string _directory = Path.Combine(cacheDirectory, "kernels");
    private readonly DebianArchive _archive = new(run);

    public IProgress<string>? Progress { get; init; }

    /// <summary>apt renames files into this directory whenever it learns something new, so its time tells whether an answer of apt still holds.</summary>
    public string AptListsDirectory { get; init; } = "/var/lib/apt/lists";

    public async Task<LinuxKernel> GetAsync(IReadOnlyList<string> candidates, CancellationToken cancellationToken)
    {
        try
        {
            return await GetOrFetchAsync(candidates, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GuestImageException($"The kernel cache {_directory} cannot be used: {error.Message}", error);
        }
    }

    private async Task<LinuxKernel> GetOrFetchAsync(IReadOnlyList<string> candidates, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory);
        string resolved = Path.Combine(_directory, string.Join('+', candidates) + ".resolved");
        string stamp = Directory.GetLastWriteTimeUtc(AptListsDirectory).Ticks.ToString(CultureInfo.InvariantCulture);

        string[] memory = File.Exists(resolved) ? await File.ReadAllLinesAsync(resolved, cancellationToken).ConfigureAwait(false) : [];
        KernelEntry? remembered = memory is [_, string name] ? new KernelEntry(Path.Combine(_directory, name)) : null;
        if (remembered is not null && memory[0] == stamp && await remembered.TryOpenAsync(cancellationToken).ConfigureAwait(false) is { } known)
            return known;

        IReadOnlyList<DebianPackage> packages;
        try
        {
            packages = await _archive.ResolveAsync(candidates, cancellationToken).ConfigureAwait(false);
        }
        catch (GuestImageException error) when (remembered is not null)
        {
            if (await remembered.TryOpenAsync(cancellationToken).ConfigureAwait(false) is not { } kept)
                throw;
            Progress?.Report($"Using the kernel {kept.Release} kept from an earlier run: {error.Message}");
            return kept;
        }

        var entry = new KernelEntry(Path.Combine(_directory, NameOf(packages[0])));
        LinuxKernel kernel = await entry.TryOpenAsync(cancellationToken).ConfigureAwait(false)
            ?? await FetchAsync(entry, packages, cancellationToken).ConfigureAwait(false);
        await RememberAsync(resolved, [stamp, Path.GetFileName(entry.Directory)], cancellationToken).ConfigureAwait(false);
        return kernel;
    }

    private async Task<LinuxKernel> FetchAsync(KernelEntry entry, IReadOnlyList<DebianPackage> packages, CancellationToken cancellationToken)
    {
        using FileLock mine = await FileLock.AcquireAsync(entry.Directory + ".lock", LockLimit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        if (await entry.TryOpenAsync(cancellationToken).ConfigureAwait(false) is { } fetchedMeanwhile)
            return fetchedMeanwhile;

        // The lock makes this name ours; what is there was left by an owner that was killed.
        string partial = entry.Directory + ".partial";
        DeleteTree(partial);
        Directory.CreateDirectory(partial);
        try
        {
            foreach (DebianPackage package in packages)
            {
                Progress?.Report($"Fetching {package.Name} {package.Version}");
                await _archive.UnpackAsync(package, partial, cancellationToken).ConfigureAwait(false);
            }

            await new KernelEntry(partial).SealAsync(cancellationToken).ConfigureAwait(false);
            DeleteTree(entry.Directory);
            Directory.Move(partial, entry.Directory);
        }
        finally
        {
            DeleteTree(partial);
        }

        return await entry.TryOpenAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new GuestImageException($"The kernel unpacked to {entry.Directory} was damaged at once. Is the disk full or broken?");
    }

    private static async Task RememberAsync(string path, string[] lines, CancellationToken cancellationToken)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        await File.WriteAllLinesAsync(partial, lines, cancellationToken).ConfigureAwait(false);
        File.Move(partial, path, overwrite: true);
    }

    private static string NameOf(DebianPackage package) => $"{package.Name}_{package.Version.Replace(":", "%3a", StringComparison.Ordinal)}_{package.Architecture}";

    private static void DeleteTree(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
