namespace Qemu.Machine;

/// <summary>A migration from nowhere.</summary>
internal sealed class IncomingRule() : OutputRule("unknown migration protocol")
{
    public override string Name => "incoming";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"'{line.After("unknown migration protocol:")}' is no source of a migration.",
        "A migration comes from tcp:, unix:, fd: or exec:, or is deferred: -incoming defer.");
}
