namespace Qemu.Machine;

/// <summary>A CD-ROM image, <c>-cdrom FILE</c>.</summary>
/// <param name="Image">Path of the ISO image.</param>
public sealed record CdromOption(string Image) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-cdrom", Image);
}
