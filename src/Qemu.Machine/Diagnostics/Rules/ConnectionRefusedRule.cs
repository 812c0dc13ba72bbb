namespace Qemu.Machine;

/// <summary>A server that does not answer.</summary>
internal sealed class ConnectionRefusedRule() : OutputRule("Connection refused", "No route to host", "Network is unreachable", "address resolution failed")
{
    public override string Name => "connection-refused";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"Nothing answers at {(line.Quoted() is { Length: > 0 } address ? $"'{address}'" : "the address")} that {line.Option?.Text ?? "QEMU"} connects to.",
        "Start the server first, or let QEMU listen: server=on,wait=off.");
}
