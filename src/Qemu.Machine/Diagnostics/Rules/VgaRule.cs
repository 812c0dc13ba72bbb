namespace Qemu.Machine;

/// <summary>A graphics card that <c>-vga</c> does not know.</summary>
internal sealed class VgaRule() : OutputRule("unknown vga type")
{
    private static readonly string[] s_types = ["none", "std", "cirrus", "vmware", "xenfb", "qxl", "virtio", "tcx", "cg3"];

    public override string Name => "vga-type";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string type = line.After("unknown vga type:");
        return new Finding($"-vga knows no card '{type}'.", $"{(NearestName.Find(type, s_types) is { } nearest ? $"Did you mean '{nearest}'? " : "")}`{evidence.BinaryName} -vga help` lists those of the machine type.");
    }
}
