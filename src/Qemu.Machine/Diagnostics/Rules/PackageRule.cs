namespace Qemu.Machine;

/// <summary>A part of QEMU that is in a package of its own; Debian's QEMU names it.</summary>
internal sealed class PackageRule() : OutputRule("Perhaps you want to install", "do you want to install")
{
    public override string Name => "package-missing";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string package = line.After("want to install").Split(' ')[0].TrimEnd('?');
        return line.Says("module ui-ui-none") || package.Length == 0 // printed by every run of some versions
            ? null
            : new Finding("A part of QEMU is not installed.", $"sudo apt-get install {package}");
    }
}
