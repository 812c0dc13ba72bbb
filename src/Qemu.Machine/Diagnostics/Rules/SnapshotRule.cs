namespace Qemu.Machine;

/// <summary>A saved state that is not there.</summary>
internal sealed class SnapshotRule() : OutputRule("no block device can store vmstate", "does not exist in one or more devices", "Device does not have the requested snapshot")
{
    public override string Name => "snapshot-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => line.Says("no block device")
        ? new Finding("The machine has no disk that can hold a saved state.", "Add a writable qcow2 disk.")
        : new Finding($"There is no saved state '{line.Quoted()}' in the machine's disks.", "`qemu-img snapshot -l IMAGE` lists them.");
}
