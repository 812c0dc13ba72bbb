using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>
/// The templates that are kept between runs, in the folder <c>templates</c> of the cache directory. Any number of
/// processes use it at the same time; a template is built by one of them while the others wait. Thread-safe.
/// </summary>
/// <remarks>
/// A builder that is killed leaves nothing that could be taken for a template, and a template whose files have changed is
/// thrown away and built anew.
/// </remarks>
public sealed class TemplateCache
{
    private const string Folder = "templates";
    private const string HashFolder = "content-hashes";
    private const int Attempts = 3;

    /// <summary>How long somebody may take to look at a template's manifest and device state.</summary>
    private static readonly TimeSpan s_lookLimit = TimeSpan.FromSeconds(2);

    /// <summary>Machines that, as this process has learnt, cannot be saved: they need not be booted again to learn it.</summary>
    private static readonly ConcurrentDictionary<string, QemuTemplateException> s_hopeless = [];

    private readonly QemuSettings _settings;
    private readonly ContentHashes _hashes;

    /// <summary>Opens the cache where the settings say.</summary>
    /// <exception cref="GuestImageException">The cache directory cannot be made.</exception>
    public TemplateCache(QemuSettings? settings = null)
    {
        _settings = settings ?? MachineScope.Settings;
        Directory = Path.Combine(GuestCache.Open(_settings.CacheDirectory), Folder);
        System.IO.Directory.CreateDirectory(Directory);
        _hashes = new ContentHashes(Path.Combine(Directory, HashFolder));
    }

    /// <summary>Where the templates are.</summary>
    public string Directory { get; }

    /// <summary>Gives the template of a machine; builds it when there is none. It stays in the cache until it is disposed of, and after, while there is room.</summary>
    /// <exception cref="QemuConfigurationException">No template can be made of such a machine; the message names what to change.</exception>
    /// <exception cref="QemuTemplateException">The machine booted, and could not be saved; the message names the device.</exception>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    /// <exception cref="QemuTimeoutException">It did not become ready in time.</exception>
    /// <exception cref="QemuExitedException">It ended before it was ready.</exception>
    /// <exception cref="IOException">An image cannot be read, or the cache cannot be written to.</exception>
    public async Task<QemuTemplate> GetOrCreateAsync(QemuMachineSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        TemplateRules.CheckCacheable(spec);
        var slot = new TemplateSlot(Directory, await TemplateKey.ComputeAsync(spec, _hashes, cancellationToken).ConfigureAwait(false));
        string? problem = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            TemplateLease? lease = TemplateLease.TryJoin(slot);
            if (lease is null)
                (lease, problem) = await TakeAsync(slot, spec, cancellationToken).ConfigureAwait(false);
            if (lease is not null)
            {
                slot.MarkUsed(spec.TimeProvider.GetUtcNow());
                if (attempt > 0)
                    TryTrim(spec.Logger);
                return lease.GiveTo(spec);
            }

            if (s_hopeless.TryGetValue(slot.Path, out QemuTemplateException? hopeless))
                throw new QemuTemplateException(hopeless.Message, hopeless.Blockers, hopeless);
            await BuildAsync(slot, spec, cancellationToken).ConfigureAwait(false);
        }

        throw new QemuTemplateException($"The template in {slot.Path} does not stay whole: {problem ?? "it is removed again and again"}.");
    }

    /// <summary>The templates in the cache, last used first.</summary>
    public IReadOnlyList<TemplateCacheEntry> List() =>
    [
        .. TemplateSlot.In(Directory)
            .Select(slot => slot.Read(out _) is { } manifest
                ? new TemplateCacheEntry(slot.Key, manifest.Machine, manifest.Qemu, manifest.CreatedAt, slot.LastUsedAt, manifest.BootDuration, slot.Size())
                : null)
            .OfType<TemplateCacheEntry>()
            .OrderByDescending(entry => entry.LastUsedAt),
    ];

    /// <summary>Removes the templates that nobody uses at the moment.</summary>
    /// <returns>How many bytes that freed.</returns>
    public long Clear() => Trim(maximumSize: 0);

    /// <summary>Removes templates that nobody uses at the moment, least recently used first, until what is left takes no more than a size.</summary>
    /// <returns>How many bytes that freed.</returns>
    public long Trim(long maximumSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumSize);
        long kept = 0;
        long freed = 0;
        foreach (TemplateSlot slot in TemplateSlot.In(Directory).OrderByDescending(slot => slot.LastUsedAt).ToArray())
        {
            long size = slot.Size();
            using FileLock? building = FileLock.TryAcquire(slot.BuildingLockPath);
            using FileLock? alone = building is null ? null : FileLock.TryAcquire(slot.LockPath);
            if (building is not null)
                slot.RemovePartial();
            if (alone is null || kept + size <= maximumSize)
            {
                kept += size;
                continue;
            }

            slot.Remove();
            freed += size;
        }

        return freed;
    }

    private static async Task<(TemplateLease? Lease, string? Problem)> TakeAsync(TemplateSlot slot, QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        // Held alone only for the moment in which a template is removed.
        FileLock used = await LockAsync(slot.LockPath, spec, shared: true, cancellationToken).ConfigureAwait(false);
        if (slot.Read(out string? problem) is { } manifest)
            return (TemplateLease.Begin(slot, manifest, used), problem);
        used.Dispose();
        return (null, problem);
    }

    private static async Task BuildAsync(TemplateSlot slot, QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        using (await LockAsync(slot.BuildingLockPath, spec, shared: false, cancellationToken).ConfigureAwait(false))
        {
            if (slot.Read(out string? problem) is not null)
                return;
            if (problem is not null)
                spec.Logger.LogWarning("The template in {Directory} is thrown away and built anew: {Problem}", slot.Path, problem);
            await RemoveOldAsync(slot, spec, cancellationToken).ConfigureAwait(false);
            try
            {
                await LongWork.RunAsync(
                    $"Building the template of machine {spec.Name ?? spec.Binary}",
                    spec.Readiness?.Description,
                    () => slot.BuildAsync(spec, cancellationToken)).ConfigureAwait(false);
            }
            catch (QemuTemplateException error)
            {
                s_hopeless[slot.Path] = error;
                throw;
            }
        }
    }

    /// <summary>
    /// Makes room for a new template. Whoever just looks whether the old one is whole is waited for; whoever still uses it is not, though it is
    /// no good any more: that may take a whole test run.
    /// </summary>
    private static async Task RemoveOldAsync(TemplateSlot slot, QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(slot.Path))
        {
            slot.RemovePartial(spec.Template?.MemoryDirectory);
            return;
        }

        using FileLock alone = await LockToRemoveAsync(slot, spec, cancellationToken).ConfigureAwait(false);
        slot.Remove(spec.Template?.MemoryDirectory);
    }

    private static async Task<FileLock> LockToRemoveAsync(TemplateSlot slot, QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await FileLock.AcquireAsync(slot.LockPath, s_lookLimit, spec.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (GuestImageException)
        {
            throw new QemuTemplateException($"The template in {slot.Path} must be built anew, and clones of the old one are still being made by somebody else.");
        }
    }

    /// <summary>A template that is there is given, whatever becomes of the others.</summary>
    private void TryTrim(ILogger logger)
    {
        try
        {
            Trim(_settings.TemplateCacheSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(error, "The template cache {Directory} could not be trimmed", Directory);
        }
    }

    private static Task<FileLock> LockAsync(string path, QemuMachineSpec spec, bool shared, CancellationToken cancellationToken) =>
        LongWork.RunAsync(
            $"Starting machine {spec.Name ?? spec.Binary}",
            "whoever builds its template at the moment",
            () => FileLock.AcquireAsync(path, Timeout.InfiniteTimeSpan, spec.TimeProvider, cancellationToken, shared));
}
