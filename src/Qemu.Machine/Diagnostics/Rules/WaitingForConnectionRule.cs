namespace Qemu.Machine;

/// <summary>A QEMU that waits for somebody to connect before it does anything else.</summary>
internal sealed class WaitingForConnectionRule() : OutputRule("QEMU waiting for connection on", "waiting for connection")
{
    public override string Name => "waiting-for-connection";

    protected override bool ReadsRemarks => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => evidence.Exit is null
        ? new Finding(
            $"QEMU waits until somebody connects to {line.Option?.Text ?? "a server of its own"}, and does nothing else before.",
            "Add wait=off to it.")
        : null;
}
