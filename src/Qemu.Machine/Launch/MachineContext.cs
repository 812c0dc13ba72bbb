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

    public ILogger Logger => Spec.Logger;

    public TimeSpan QmpTimeout => Spec.Settings.Scale(Spec.QmpTimeout);

    public TimeProvider TimeProvider => Spec.TimeProvider;
}
