namespace Qemu.Machine;

/// <summary>Two things of one kind with one id.</summary>
internal sealed class DuplicateIdRule() : OutputRule("Duplicate ID", "Duplicate nodes with node-name", "attempt to add duplicate property")
{
    public override string Name => "id-duplicate";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string id = line.Quoted();
        return new Finding(
            $"Two {(line.After("for ") is { Length: > 0 } kind && line.Says("Duplicate ID") ? kind : "object")}s have the id '{id}'.",
            id == MachineChannels.Qmp
                ? $"'{id}' is the id of the machine's own QMP channel: choose another one."
                : "Give each an id of its own.");
    }
}
