namespace Qemu.Machine;

/// <summary>Two disks in one place.</summary>
internal sealed class DriveSlotRule() : OutputRule("drive with bus=")
{
    public override string Name => "drive-slot-taken";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"Two disks are to be {line.Between("drive with ", " exists")}.",
        "Give -drive an index of its own, or use .WithDisk(path), which needs none.");
}
