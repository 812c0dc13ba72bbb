namespace Qemu.Machine;

/// <summary>A disk device without a disk.</summary>
internal sealed class DriveNotSetRule() : OutputRule("drive property not set", "No drive specified", "drive property must be set")
{
    public override string Name => "drive-not-set";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string device = line.Option?.Type ?? "disk device";
        return new Finding(
            $"The {device} has no image.",
            "Add drive=ID to it and -drive if=none,id=ID,file=…, or use .WithDisk(path) instead of both.");
    }
}
