namespace Qemu.Machine;

/// <summary>A port or socket that something else listens on.</summary>
internal sealed class PortInUseRule() : OutputRule("Address already in use", "Failed to find an available port")
{
    public override string Name => "port-in-use";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"The address of {line.Option?.Text ?? "a server"} is taken by another process.",
        "Choose another port, or 0 for a free one; `ss -ltnp` shows who listens. A Unix socket needs no port.");
}
