namespace Qemu.Machine;

/// <summary>A firmware image, <c>-bios FILE</c>.</summary>
/// <param name="Image">Path of the image, or a name in QEMU's firmware directory. On x86 QEMU wants at least 64 KiB.</param>
public sealed record FirmwareOption(string Image) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-bios", Image);
}
