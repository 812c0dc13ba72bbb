namespace Qemu.Machine;

/// <summary>
/// Where one machine's clones come from: a template that it was given, or the cache's, which stays in the cache as long as the machine
/// exists. Thread-safe.
/// </summary>
/// <param name="spec">What the machine is made of.</param>
/// <param name="given">The template it was made from; null for one that takes the cache's, or none.</param>
internal sealed class MachineTemplate(QemuMachineSpec spec, QemuTemplate? given) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private QemuTemplate? _cached;
    private bool _disposed;

    /// <summary>Whether the machine is to be cloned at all.</summary>
    public bool IsWanted => given is not null || spec.Template is not null;

    /// <summary>The template for the next start.</summary>
    /// <param name="current">The machine's specification by now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="TemplateCache.GetOrCreateAsync" path="/exception"/>
    public async Task<QemuTemplate> GetAsync(QemuMachineSpec current, CancellationToken cancellationToken)
    {
        if (given is not null)
            return given;
        lock (_gate)
        {
            if (_cached is { IsDiscarded: false } kept && kept.Spec.Arguments.SequenceEqual(current.Arguments))
                return kept;
        }

        QemuTemplate cached = await new TemplateCache(current.Settings).GetOrCreateAsync(current, cancellationToken).ConfigureAwait(false);
        await KeepAsync(cached).ConfigureAwait(false);
        return cached;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _disposed = true;
        await KeepAsync(template: null).ConfigureAwait(false);
    }

    private async Task KeepAsync(QemuTemplate? template)
    {
        QemuTemplate? unused;
        bool disposed;
        lock (_gate)
        {
            disposed = _disposed && template is not null;
            unused = disposed ? template : _cached;
            if (!disposed)
                _cached = template;
        }

        if (unused is not null)
            await unused.DisposeAsync().ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(disposed, typeof(QemuMachine));
    }
}
