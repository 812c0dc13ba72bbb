using System.Text.Json.Serialization.Metadata;

namespace Qemu.Machine;

/// <summary>
/// Finds facts out once: from memory, else from the cache's file, else by a probe. Who asks for a fact that is being found
/// out waits for that probe. What a busy host may have caused is believed for a few minutes only.
/// </summary>
internal sealed class HostFacts
{
    private static readonly TimeSpan s_transientLife = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string? Directory, string Key), object> _known = [];
    private readonly Dictionary<(string? Directory, string Key), Task> _probing = [];
    private readonly TimeProvider _timeProvider;

    public HostFacts(TimeProvider timeProvider) => _timeProvider = timeProvider;

    /// <summary>The process's own.</summary>
    public static HostFacts Shared { get; } = new(TimeProvider.System);

    /// <summary>A program's lists; null when there is no such program.</summary>
    public async Task<HostLists?> ListsAsync(HostTarget target, CancellationToken cancellationToken)
    {
        if (HostKey.OfLists(target) is not { } key)
            return null;
        return await FindAsync(
            target.Settings,
            key,
            HostJson.Default.Lists,
            async () =>
            {
                HostLists lists = await new ListProbe(target).RunAsync(CancellationToken.None).ConfigureAwait(false);
                return (lists, IsTransient: lists.Problems.Length > 0);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The verdict on an accelerator that a program offers.</summary>
    public async Task<QemuAccelerator?> AcceleratorAsync(HostTarget target, HostLists lists, string name, CancellationToken cancellationToken)
    {
        if (HostKey.OfAccelerator(target, name) is not { } key)
            return null;
        return await FindAsync(
            target.Settings,
            key,
            HostJson.Default.Verdict,
            () => new AcceleratorProbe(target, lists).RunAsync(name, CancellationToken.None),
            cancellationToken).ConfigureAwait(false);
    }

    // A probe serves all who ask, so nobody's cancellation ends it: it is bounded by itself.
    private async Task<T> FindAsync<T>(
        QemuSettings settings,
        string key,
        JsonTypeInfo<CachedFact<T>> type,
        Func<Task<(T Value, bool IsTransient)>> probe,
        CancellationToken cancellationToken)
        where T : class
    {
        var cache = new HostCache(settings, _timeProvider);
        var place = (HostCache.DirectoryOf(settings), key);
        Task<T> probing;
        lock (_gate)
        {
            if (_known.TryGetValue(place, out object? known) && known is CachedFact<T> fact && cache.IsValid(fact))
                return fact.Value;
            if (!_probing.TryGetValue(place, out Task? running))
                _probing.Add(place, running = Task.Run(() => ProbeAsync(cache, place, type, probe), CancellationToken.None));
            probing = (Task<T>)running;
        }

        return await probing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ProbeAsync<T>(
        HostCache cache,
        (string? Directory, string Key) place,
        JsonTypeInfo<CachedFact<T>> type,
        Func<Task<(T Value, bool IsTransient)>> probe)
    {
        try
        {
            CachedFact<T>? fact = cache.Read(place.Key, type);
            if (fact is null)
            {
                (T value, bool isTransient) = await probe().ConfigureAwait(false);
                fact = new CachedFact<T>(place.Key, isTransient ? _timeProvider.GetUtcNow() + s_transientLife : null, value);
                cache.Write(fact, type);
            }

            lock (_gate)
                _known[place] = fact;
            return fact.Value;
        }
        finally
        {
            lock (_gate)
                _probing.Remove(place);
        }
    }
}
