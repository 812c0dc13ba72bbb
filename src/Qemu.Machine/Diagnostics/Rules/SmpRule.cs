namespace Qemu.Machine;

/// <summary>A number of CPUs, or an arrangement of them, that cannot be.</summary>
internal sealed class SmpRule() : OutputRule("Invalid SMP CPUs", "Invalid CPU topology", "maxcpus must be", "CPU topology")
{
    public override string Name => "cpu-count";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => line.Says("max CPUs supported")
        ? new Finding($"The machine type takes {line.After("' is ")} CPUs at most.", "Ask for fewer with .WithSmp().")
        : line.Says("warning")
            ? null
            : new Finding("The numbers of CPUs, sockets, cores and threads do not fit together.", "Give the number of CPUs alone, .WithSmp(4), or parts whose product it is.");
}
