namespace Qemu.Machine;

/// <summary>A file that is not a kernel which QEMU can boot directly.</summary>
internal sealed class KernelInvalidRule() : OutputRule("invalid kernel header", "linux kernel too old to load a ram disk", "PVH", "could not load kernel", "Error while loading elf kernel")
{
    public override string Name => "kernel-invalid";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string kernel = evidence.Options.LastOrDefault(option => option.Name == "-kernel")?.Value ?? "the kernel";
        string what = ImageFormat.Detect(kernel) is { } format && format != "raw" ? $": it looks like {format}" : "";
        return new Finding(
            $"'{kernel}' is not a Linux kernel that this machine type boots{what}.",
            "Pass the bzImage (vmlinuz); of an uncompressed vmlinux only one built with PVH support boots. A disk image goes to .WithDisk().");
    }
}
