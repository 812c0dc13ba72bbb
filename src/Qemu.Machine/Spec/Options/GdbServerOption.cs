namespace Qemu.Machine;

/// <summary>QEMU's GDB server, <c>-gdb</c>.</summary>
/// <param name="Device">Where it listens, as <c>-gdb</c> takes it: <c>tcp:127.0.0.1:1234</c>.</param>
/// <param name="WaitForDebugger">Whether the guest starts stopped (<c>-S</c>), so that a debugger sees its first instruction.</param>
public sealed record GdbServerOption(string Device, bool WaitForDebugger) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.Add("-gdb", Device);
        if (WaitForDebugger)
            commandLine.Add("-S");
    }
}
