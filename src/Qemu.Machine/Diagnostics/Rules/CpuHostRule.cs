namespace Qemu.Machine;

/// <summary>The host's own CPU model without the hypervisor that could hand it through.</summary>
internal sealed class CpuHostRule() : OutputRule("requires KVM", "host' requires")
{
    public override string Name => "cpu-host";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        "The CPU model 'host' needs a hypervisor (KVM or HVF), and this machine runs on TCG.",
        "Use .WithCpu(\"max\"), which works everywhere, or .WithAccelerator(\"kvm\") and a test that requires it.");
}
