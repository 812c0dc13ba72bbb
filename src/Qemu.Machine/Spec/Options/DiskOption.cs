using System.Globalization;

namespace Qemu.Machine;

/// <summary>A virtio block device backed by an image file.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Format">The image's format; null: <c>qcow2</c> for a file named <c>*.qcow2</c>, else <c>raw</c>. Never guessed from the content, which a guest controls.</param>
/// <param name="ReadOnly">Whether the guest sees a read-only disk.</param>
/// <param name="Snapshot">Whether writes go to a temporary file that is gone with the machine (<c>snapshot=on</c>).</param>
public sealed record DiskOption(string Image, string? Format = null, bool ReadOnly = false, bool Snapshot = false) : QemuOption
{
    /// <summary>The format in use.</summary>
    public string EffectiveFormat => Format
        ?? (Image.EndsWith(".qcow2", StringComparison.OrdinalIgnoreCase) ? "qcow2" : "raw");

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string id = "disk" + commandLine.NextIndex("disk").ToString(CultureInfo.InvariantCulture);
        commandLine.Add(
            "-drive",
            $"if=none,id={id},format={EffectiveFormat},file={CommandLineBuilder.EscapeCommas(Image)}"
            + (ReadOnly ? ",readonly=on" : "") + (Snapshot ? ",snapshot=on" : ""));
        commandLine.Add("-device", $"{commandLine.VirtioDevice("virtio-blk")},drive={id}");
    }
}
