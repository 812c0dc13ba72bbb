namespace Qemu.Machine;

/// <summary>A process that the kernel killed for lack of memory.</summary>
internal sealed class OutOfMemoryRule : LaunchRule
{
    public override string Name => "out-of-memory";

    public override Finding? Examine(LaunchEvidence evidence) => evidence is { Exit.Signal: Libc.SIGKILL, OutOfMemoryKills: > 0 }
        ? new Finding(
            "The kernel killed QEMU for lack of memory: during the launch it killed something for that reason.",
            "Give the machine less memory, run fewer at once, or raise the limit of the container or service. `sudo dmesg | grep -i oom` names the victim.") { IsCertain = false }
        : null;
}
