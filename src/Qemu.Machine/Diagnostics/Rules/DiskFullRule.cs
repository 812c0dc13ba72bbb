namespace Qemu.Machine;

/// <summary>No space left.</summary>
internal sealed class DiskFullRule() : OutputRule("No space left on device", "Disk quota exceeded")
{
    public override string Name => "disk-full";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        new("A file system that QEMU writes to is full.", "Make room (`df -h`, and /dev/shm for shared memory), or move the files: .WithTempRoot().");
}
