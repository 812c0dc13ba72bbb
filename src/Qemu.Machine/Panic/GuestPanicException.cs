using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>The guest panicked while something waited for it, or had before. QEMU may run on; the guest is of no use until the machine is launched again.</summary>
public sealed class GuestPanicException : QemuException
{
    internal GuestPanicException(string machineName, GuestPanic panic)
        : base($"The guest of machine {machineName} panicked{(panic.IsAllowed ? ", which another test that uses it had meant it to" : "")}: {panic}")
    {
        Panic = panic;
    }

    /// <summary>What happened, with the trace.</summary>
    public GuestPanic Panic { get; }
}
