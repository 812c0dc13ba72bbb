using Microsoft.Extensions.Logging;
using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>
/// The template that a fixture's machines are cloned from: kept in the cache from the first clone to the fixture's end, also while no
/// machine runs; and the clones of it that are kept ready, where the template's options ask for that. Thread-safe.
/// </summary>
/// <param name="admission">Where those are counted; null: nowhere.</param>
internal sealed class FixtureTemplate(MachineAdmission? admission) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task? _keeping;
    private QemuTemplate? _template;
    private QemuClonePool? _pool;

    /// <summary>A clone, running if one was kept ready, else not started; null while there is no template to make it from.</summary>
    public async Task<QemuMachine?> TakeAsync(CancellationToken cancellationToken)
    {
        QemuTemplate? template;
        QemuClonePool? pool;
        lock (_gate)
            (template, pool) = (_template, _pool);
        if (template is null or { IsDiscarded: true })
            return null; // whoever starts a machine the long way hears why that is needed
        return pool is null ? template.CreateClone() : await pool.TakeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps the template that a machine came from. That of the first one counts.</summary>
    public Task KeepAsync(QemuMachine machine)
    {
        if (machine is not { Spec.Template: not null, LatestStart.Kind: MachineStartKind.Clone })
            return Task.CompletedTask;
        lock (_gate)
            return _keeping ??= EngineScope.RunNeutralAsync(() => OpenAsync(machine.Spec));
    }

    public async ValueTask DisposeAsync()
    {
        Task? keeping;
        lock (_gate)
            keeping = _keeping;
        if (keeping is not null)
            await keeping.ConfigureAwait(false);
        if (_pool is not null)
            await _pool.DisposeAsync().ConfigureAwait(false);
        if (_template is not null)
            await _template.DisposeAsync().ConfigureAwait(false);
    }

    private Task<IDisposable?> CountAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        admission!.AdmitAsync(new AdmissionRequest { Memory = GuestMemorySize.BytesOf(machine.Spec), IsKept = true }, cancellationToken);

    /// <summary>The machine holds the template too, so this finds it and does not build it.</summary>
    private async Task OpenAsync(QemuMachineSpec spec)
    {
        try
        {
            QemuTemplate template = await new TemplateCache(spec.Settings).GetOrCreateAsync(spec).ConfigureAwait(false);
            lock (_gate)
            {
                _template = template;
                if (spec.Template!.Pool > 0)
                    _pool = new QemuClonePool(template, spec.Template.Pool, admission is null ? null : CountAsync);
            }
        }
        catch (Exception error) when (error is QemuException or IOException or UnauthorizedAccessException)
        {
            spec.Logger.LogWarning(error, "The template of machine {Machine} is not kept between tests", spec.Name);
        }
    }
}
