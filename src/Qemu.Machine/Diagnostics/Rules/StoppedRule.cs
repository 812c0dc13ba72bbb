namespace Qemu.Machine;

/// <summary>A QEMU that is there and does nothing, because it was stopped or is stuck.</summary>
internal sealed class StoppedRule : LaunchRule
{
    public override string Name => "not-responding";

    public override Finding? Examine(LaunchEvidence evidence) => evidence.Alive switch
    {
        null => null,
        { State: 'T' or 't' } alive => new Finding($"Something stopped QEMU (SIGSTOP, or a debugger): {alive}.", "`kill -CONT` lets it go on; look for who stopped it."),
        { State: 'D' } alive => new Finding($"QEMU is stuck in the kernel: {alive}.", "A disk or a network file system does not answer: look at where its images are, and at `dmesg`.") { IsCertain = false },
        { State: 'R' } alive => new Finding($"QEMU is busy and QMP is not up yet: {alive}.", "A loaded host or a slow wrapper such as valgrind needs longer: .WithQmpTimeout(), or XUNIT_QEMU_TIMEOUT_SCALE.") { IsCertain = false },
        var alive => new Finding(
            $"QEMU waits for something before it starts QMP: {alive}.",
            "A chardev that waits for a connection (wait=off helps), a server that does not answer, or an incoming migration that does not come. `cat /proc/PID/stack` during the wait shows more.") { IsCertain = false },
    };
}
