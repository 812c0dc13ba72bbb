namespace Qemu.Machine;

/// <summary>A folder to share that is not there or not open to this user.</summary>
internal sealed class SharedFolderRule() : OutputRule("cannot initialize fsdev", "failed to open '")
{
    public override string Name => "shared-folder";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string path = line.Between("failed to open '", "'");
        return line.Option is { Name: "-virtfs" or "-fsdev" or "-device" }
            ? new Finding($"The folder '{path}' cannot be shared: {line.After("': ").Split("': ")[^1]}.", "Make it, and let this user read it.")
            : null;
    }
}
