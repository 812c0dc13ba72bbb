namespace Qemu.Machine;

/// <summary>A firmware flash bank, <c>-drive if=pflash</c>: what UEFI firmware (OVMF, AAVMF) is given as.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="ReadOnly">True for code; false for a variable store the guest writes to.</param>
/// <param name="Format">The image's format.</param>
/// <param name="Snapshot">Whether writes go to a temporary file that is gone with the machine (<c>snapshot=on</c>).</param>
public sealed record FlashOption(string Image, bool ReadOnly, string Format = "raw", bool Snapshot = false) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add(
        "-drive",
        $"if=pflash,format={Format},file={CommandLineBuilder.EscapeCommas(Image)}{(ReadOnly ? ",readonly=on" : "")}{(Snapshot ? ",snapshot=on" : "")}");
}
