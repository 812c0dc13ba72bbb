namespace Qemu.Machine;

/// <summary>Firmware of a size that no firmware has.</summary>
internal sealed class FirmwareInvalidRule() : OutputRule("could not load PC BIOS", "has invalid size", "pflash")
{
    public override string Name => "firmware-invalid";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Says("could not load PC BIOS"))
        {
            return new Finding(
                $"'{line.Quoted()}' is not a firmware image for this machine type.",
                "A firmware image for .WithFirmware() has a multiple of 64 KiB and can be read by this user. UEFI images that come in two files go to .WithFlash().");
        }

        return line.Says("has invalid size")
            ? new Finding("A flash image has a size that flash does not come in.", "An image for .WithFlash() has a multiple of 4 KiB: take the distribution's own, uncompressed and in raw format.")
            : null;
    }
}
