namespace Qemu.Machine;

/// <summary>A KVM that opens and then cannot run a guest, as in many nested and cloud machines.</summary>
internal sealed class KvmUnusableRule() : OutputRule("KVM internal error", "failed to set MSR", "kvm_buf_set_msrs", "kvm_put_msrs", "kvm_init_vcpu", "kvm_arch_init_vcpu", "kvm run failed", "failed to initialize kvm")
{
    public override string Name => "kvm-unusable";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        "/dev/kvm opens, but KVM cannot run this guest here; nested virtualization is the usual reason.",
        "Use .WithAccelerator(Accelerators.BestAvailable), which takes KVM only where a guest was proven to run on it, or .WithAccelerator(\"tcg\"). For a refused MSR, a plainer CPU may do: .WithCpu(\"qemu64\").");
}
