using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// Brings a machine back to how it was when it became ready, in the quickest way that works: a clone of its template, a
/// snapshot of itself, or a boot. The machine stays the same object. Not thread-safe.
/// </summary>
public sealed class MachineReset
{
    private readonly QemuMachine _machine;
    private MachineSnapshot? _snapshot;
    private string? _noSnapshot;
    private string _noClone = "it has no template (.WithTemplate() would be quicker)";

    /// <summary>Resets a machine that is started, or is about to be.</summary>
    public MachineReset(QemuMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        _machine = machine;
    }

    /// <summary>To be called when the machine has become ready, before anybody uses it: takes what a later reset needs. A machine that came from a template needs nothing.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        _snapshot = null;
        _noSnapshot = null;
        if (_machine.LatestStart is { Kind: MachineStartKind.Clone })
            return;
        if (_machine.LatestStart is { Kind: MachineStartKind.FallbackBoot, Reason: { } reason })
            _noClone = reason;
        try
        {
            _snapshot = await MachineSnapshot.TakeAsync(_machine, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QemuTemplateException or IOException)
        {
            _noSnapshot = error.Message;
            _machine.Spec.Logger.LogInformation("Machine {Machine} is booted for each reset: {Problem}", _machine.Name, error.Message);
        }
    }

    /// <summary>Resets the machine, whatever state it is in, and tells which way that went and why no quicker one.</summary>
    /// <inheritdoc cref="QemuMachine.StartAsync" path="/exception"/>
    public async Task<MachineStart> ResetAsync(CancellationToken cancellationToken = default)
    {
        long start = _machine.Spec.TimeProvider.GetTimestamp();
        using Activity? activity = MachineTelemetry.BeginReset(_machine);
        // The watch over a guest that panicked is over until the next launch.
        if (_machine.Panic is null && _snapshot is { IsValid: true } && await TryLoadAsync(_snapshot, cancellationToken).ConfigureAwait(false))
            return Done(MachineStartKind.Snapshot, _noClone);

        string? noSnapshot = _noSnapshot;
        await _machine.KillAsync().ConfigureAwait(false);
        await _machine.StartAsync(cancellationToken).ConfigureAwait(false);
        MachineStartKind kind = _machine.LatestStart!.Kind;
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        return Done(kind, kind == MachineStartKind.Clone ? null : $"{_noClone}; {noSnapshot ?? "its snapshot was gone with its process"}");

        MachineStart Done(MachineStartKind way, string? reason)
        {
            var done = new MachineStart(way, _machine.Spec.TimeProvider.GetElapsedTime(start), reason);
            _machine.Spec.Logger.LogInformation("Machine {Machine} was {Reset}", _machine.Name, done);
            _machine.Observers.Step(MachineStepKind.Launch, $"The machine was {done}");
            if (way == MachineStartKind.Snapshot)
                MachineTelemetry.Started(_machine, done, activity); // a new start has told of itself
            return _machine.LatestStart = done;
        }
    }

    private async Task<bool> TryLoadAsync(MachineSnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            await snapshot.LoadAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is QemuException)
        {
            _noSnapshot = error.Message;
            _machine.Spec.Logger.LogWarning(error, "Machine {Machine} does not take its snapshot and is started anew", _machine.Name);
            return false;
        }
    }
}
