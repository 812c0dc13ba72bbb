using Microsoft.Extensions.Logging;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The clones that a fixture keeps ready for tests with machines of their own, when its template's options ask for that. Thread-safe.</summary>
/// <param name="describe">Gives the machine's specification.</param>
internal sealed class WarmClones(Func<QemuMachineSpec> describe) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task? _opening;
    private QemuTemplate? _template;
    private QemuClonePool? _pool;

    /// <summary>A clone, running; null when none is kept ready, or none can be had: whoever starts a machine then hears why.</summary>
    public async Task<QemuMachine?> TakeAsync(CancellationToken cancellationToken)
    {
        if (describe() is not { Template.Pool: > 0 } spec)
            return null;
        Task opening;
        lock (_gate)
            opening = _opening ??= EngineScope.RunNeutralAsync(() => OpenAsync(spec));
        await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _pool is null ? null : await _pool.TakeAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task? opening;
        lock (_gate)
            opening = _opening;
        if (opening is not null)
            await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_pool is not null)
            await _pool.DisposeAsync().ConfigureAwait(false);
        if (_template is not null)
            await _template.DisposeAsync().ConfigureAwait(false);
    }

    private async Task OpenAsync(QemuMachineSpec spec)
    {
        try
        {
            _template = await new TemplateCache(spec.Settings).GetOrCreateAsync(spec).ConfigureAwait(false);
            _pool = new QemuClonePool(_template, spec.Template!.Pool);
        }
        catch (Exception error) when (error is QemuTemplateException or QemuLaunchException or GuestImageException or IOException or UnauthorizedAccessException)
        {
            spec.Logger.LogWarning(error, "No clones are kept ready: there is no template");
        }
    }
}
