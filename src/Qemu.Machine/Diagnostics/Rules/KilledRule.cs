namespace Qemu.Machine;

/// <summary>A process that somebody ended.</summary>
internal sealed class KilledRule : LaunchRule
{
    public override string Name => "killed";

    public override Finding? Examine(LaunchEvidence evidence) => evidence.Exit?.Signal switch
    {
        Libc.SIGKILL => new Finding("Somebody killed QEMU: the kernel for lack of memory, a supervisor, or a clean-up script.", "`sudo dmesg | grep -i oom` tells whether it was the kernel.") { IsCertain = false },
        1 or Libc.SIGINT or 3 or Libc.SIGTERM => new Finding("Somebody asked QEMU to end before it was ready.", "Look for a supervisor or a clean-up script that ends processes by name.") { IsCertain = false },
        24 or 25 => new Finding("QEMU ran into a limit on CPU time or file size.", "Raise it: `ulimit -t`, `ulimit -f`.") { IsCertain = false },
        _ => null,
    };
}
