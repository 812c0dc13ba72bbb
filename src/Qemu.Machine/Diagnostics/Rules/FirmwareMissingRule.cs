namespace Qemu.Machine;

/// <summary>Firmware that is not installed, or is installed elsewhere.</summary>
internal sealed class FirmwareMissingRule() : OutputRule("No such file or directory", "could not load PC BIOS", "Could not find ROM image", "could not find firmware", "unable to find", "could not load")
{
    public override string Name => "firmware-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        bool isFlash = line.Option is { } option && (option.Name == "-pflash" || option.Property("if") == "pflash");
        bool isBios = line.Says("PC BIOS") || line.Says("ROM image") || line.Says("firmware");
        if (!isFlash && !isBios)
            return null;
        string path = line.Quoted();
        if (path.Length == 0 || File.Exists(path))
            return null;
        if (Directory.Exists(path))
            return new Finding($"'{path}' is a directory.", "Pass the image file itself.");
        bool isUefi = path.Contains("OVMF", StringComparison.OrdinalIgnoreCase) || path.Contains("edk2", StringComparison.OrdinalIgnoreCase)
            || path.Contains("AAVMF", StringComparison.OrdinalIgnoreCase) || path.Contains("EFI", StringComparison.OrdinalIgnoreCase);
        if (!isUefi)
            return new Finding($"The firmware image '{path}' does not exist.", path.Contains('/', StringComparison.Ordinal) ? MissingFile.Advice(path) : "QEMU looks in the current directory and in its own share directory (-L adds one). Debian: package seabios.");
        string arm = path.Contains("AAVMF", StringComparison.OrdinalIgnoreCase) || path.Contains("aarch64", StringComparison.OrdinalIgnoreCase)
            ? "qemu-efi-aarch64 (Fedora: edk2-aarch64)"
            : "ovmf (Fedora: edk2-ovmf)";
        return new Finding(
            $"The UEFI firmware '{path}' does not exist.",
            UefiFirmware.FindInstalled() is { } installed
                ? $"This host has {installed}."
                : $"Install it: on Debian and Ubuntu it is in the package {arm}.");
    }
}
