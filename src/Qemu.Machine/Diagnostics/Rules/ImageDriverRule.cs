namespace Qemu.Machine;

/// <summary>An image format, or a block driver, that this QEMU does not know or has in a package of its own.</summary>
internal sealed class ImageDriverRule() : OutputRule("Unknown driver", "Unknown protocol", "Parameter 'driver' does not accept value")
{
    private static readonly string[] s_formats = ["raw", "qcow2", "vmdk", "vdi", "vhdx", "vpc", "qed", "luks", "file", "host_device", "nbd", "null-co"];

    public override string Name => "image-driver";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { } option || !DiskOptions.IsDisk(option))
            return null;
        string driver = line.Says("does not accept") ? line.Quoted(1) : line.Quoted();
        string fix = driver switch
        {
            "iscsi" or "rbd" or "nfs" or "ssh" or "gluster" or "curl" or "http" or "https" => "On Debian it is in the package qemu-block-extra.",
            "img" => "Images named .img are mostly raw.",
            _ => NearestName.Find(driver, s_formats) is { } nearest ? $"Did you mean '{nearest}'?" : $"The usual ones are {string.Join(", ", s_formats.Take(6))}.",
        };
        return new Finding($"There is no block driver '{driver}'.", fix);
    }
}
