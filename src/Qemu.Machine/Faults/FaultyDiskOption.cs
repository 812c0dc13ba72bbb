using System.Collections.Immutable;
using System.Globalization;

namespace Qemu.Machine;

/// <summary>A virtio disk that gives errors on purpose.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Faults">The errors.</param>
/// <param name="Format">The image's format; null: <c>qcow2</c> for a file named <c>*.qcow2</c>, else <c>raw</c>.</param>
public sealed record FaultyDiskOption(string Image, ImmutableArray<DiskFault> Faults, string? Format = null) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string id = "disk" + commandLine.NextIndex("disk").ToString(CultureInfo.InvariantCulture);
        string faults = string.Concat(Faults.Select((fault, index) => "," + fault.ToProperties(index)));
        commandLine.Add(
            "-drive",
            $"if=none,id={id},driver={new DiskOption(Image, Format).EffectiveFormat},file.driver=blkdebug,file.image.driver=file,file.image.filename={CommandLineBuilder.EscapeCommas(Image)}{faults}");
        commandLine.Add("-device", $"{commandLine.VirtioDevice("virtio-blk")},drive={id}");
    }
}
