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
    public ILogger Logger { get; } = new TolerantLogger(Spec.Logger);

    public TimeSpan QmpTimeout => Spec.Settings.Scale(Spec.QmpTimeout);

    public TimeProvider TimeProvider => Spec.TimeProvider;
}
