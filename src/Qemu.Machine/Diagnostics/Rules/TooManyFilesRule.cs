namespace Qemu.Machine;

/// <summary>No descriptors left.</summary>
internal sealed class TooManyFilesRule() : OutputRule("Too many open files")
{
    public override string Name => "too-many-files";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        new("The limit of open files is reached.", "Raise it (`ulimit -n`), or run fewer machines at once.");
}
