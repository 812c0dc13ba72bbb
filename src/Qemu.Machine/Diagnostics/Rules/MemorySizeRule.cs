namespace Qemu.Machine;

/// <summary>A memory size that a machine type or host page size does not allow.</summary>
internal sealed class MemorySizeRule() : OutputRule("at most", "ram size too large", "exceeds", "Invalid RAM size", "machine doesn't support", "RAM size more than")
{
    public override string Name => "memory-size";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        line.Text.Contains("RAM", StringComparison.OrdinalIgnoreCase) || line.Text.Contains("memory", StringComparison.OrdinalIgnoreCase)
            ? new Finding("The machine type cannot have this much memory.", "Ask for less with .WithMemory(), or use a machine type that takes more, such as q35.")
            : null;
}
