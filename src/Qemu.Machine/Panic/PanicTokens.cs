namespace Qemu.Machine;

/// <summary>What a panic cancels: the waits of each scope in which it is not allowed, and of none in which it is.</summary>
internal sealed class PanicTokens
{
    private static readonly object s_outside = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<object, CancellationTokenSource> _sources = new(ReferenceEqualityComparer.Instance);
    private Func<IMachineScope?, bool>? _isAllowedIn;

    /// <summary>Cancelled at the panic, or already, unless that is allowed in the scope.</summary>
    /// <param name="scope">The scope; null for code outside any.</param>
    public CancellationToken For(IMachineScope? scope)
    {
        lock (_gate)
        {
            if (_isAllowedIn is { } isAllowedIn)
                return new CancellationToken(canceled: !isAllowedIn(scope));
            object key = scope ?? s_outside;
            if (!_sources.TryGetValue(key, out CancellationTokenSource? source))
                _sources.Add(key, source = new CancellationTokenSource());
            return source.Token;
        }
    }

    /// <summary>The scope is over: nothing in it waits any more.</summary>
    public void Forget(IMachineScope scope)
    {
        lock (_gate)
            _sources.Remove(scope);
    }

    /// <summary>The guest panicked.</summary>
    public async Task CancelAsync(Func<IMachineScope?, bool> isAllowedIn)
    {
        CancellationTokenSource[] sources;
        lock (_gate)
        {
            _isAllowedIn = isAllowedIn;
            sources = [.. _sources.Where(source => !isAllowedIn(source.Key as IMachineScope)).Select(source => source.Value)];
        }

        foreach (CancellationTokenSource source in sources)
            await source.CancelAsync().ConfigureAwait(false);
    }
}
