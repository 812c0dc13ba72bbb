namespace Qemu.Machine;

/// <summary>An interface that <c>-drive</c> does not know.</summary>
internal sealed class DriveInterfaceRule() : OutputRule("unsupported bus type", "machine type does not support if=")
{
    public override string Name => "drive-interface";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"-drive has no interface '{line.Option?.Property("if") ?? line.Quoted()}' on this machine type.",
        "Use .WithDisk(path), or if=none with a -device, or one of ide, scsi, virtio, sd, pflash.");
}
