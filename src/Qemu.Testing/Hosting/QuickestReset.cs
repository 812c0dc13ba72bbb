using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>For a machine that is reset again and again: the quickest way that works for it, of clone, snapshot and boot.</summary>
internal sealed class QuickestReset : IResetMethod
{
    private MachineReset? _reset;

    public Task PrepareAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        (_reset = new MachineReset(machine)).PrepareAsync(cancellationToken);

    public Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        (_reset ??= new MachineReset(machine)).ResetAsync(cancellationToken);
}
