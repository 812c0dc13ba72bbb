namespace Qemu.Machine;

/// <summary>A kernel, an initial ramdisk or a device tree that is not there.</summary>
internal sealed class KernelMissingRule() : OutputRule("could not open kernel file", "could not load initrd", Reading, "could not load kernel", "Couldn't open dtb", "could not open dtb")
{
    private const string Reading = "error reading initrd ";

    public override string Name => "kernel-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string path = line.Says(Reading) ? line.Between(Reading, ": ") : line.Quoted();
        if (path.Length == 0)
            return null;
        if (!File.Exists(path))
            return new Finding($"The file '{path}' does not exist.", MissingFile.Advice(path));
        return new FileInfo(path).Length == 0
            ? new Finding($"The file '{path}' is empty.", "Fetch or build it again.")
            : new Finding($"The file '{path}' cannot be read as a kernel or ramdisk.", $"Check that this user may read it (`ls -l {path}`) and that it is for this architecture (`file {path}`).") { IsCertain = false };
    }
}
