namespace Qemu.Machine;

/// <summary>A firmware flash bank, <c>-drive if=pflash</c>: what UEFI firmware (OVMF, AAVMF) is given as.</summary>
/// <param name="Image">Path of the raw image.</param>
/// <param name="ReadOnly">True for code; false for a variable store the guest writes to.</param>
public sealed record FlashOption(string Image, bool ReadOnly) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add(
        "-drive",
        $"if=pflash,format=raw,file={CommandLineBuilder.EscapeCommas(Image)}{(ReadOnly ? ",readonly=on" : "")}");
}
