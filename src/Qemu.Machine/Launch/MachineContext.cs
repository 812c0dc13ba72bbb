using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>What stays the same over all lives of a machine.</summary>
internal sealed record MachineContext(
    QemuMachineSpec Spec,
    string Name,
    MachineDirectory Directory,
    IReadOnlyList<QemuConsole> Consoles,
    QmpEventHub Events)
{
    /// <summary>Whether this machine runs to find facts about the host out: explaining its failure must not ask for the same facts.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Who wants to know of panics; null: nobody.</summary>
    public MachinePanics? Panics { get; init; }

    /// <summary>The accelerator that was chosen for the user; null when he named it himself, or none.</summary>
    public AcceleratorChoice? Chosen { get; init; }

    /// <summary>The machine's share of the host, given back when its life has ended; null: nobody counts.</summary>
    public IDisposable? Room { get; init; }

    /// <summary>Who watches the machine; null: nobody can.</summary>
    public MachineObservers? Observers { get; init; }

    public ILogger Logger => Observers is null ? Spec.Logger : new ObservingLogger(Spec.Logger, Observers);

    public TimeSpan QmpTimeout => Spec.Settings.Scale(Spec.QmpTimeout);

    public TimeProvider TimeProvider => Spec.TimeProvider;
}
