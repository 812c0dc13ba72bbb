namespace Qemu.Machine;

/// <summary>A hypervisor that another one keeps out.</summary>
internal sealed class KvmBusyRule() : OutputRule("failed to initialize kvm: Device or resource busy", "Could not access KVM kernel module: Device or resource busy")
{
    public override string Name => "kvm-busy";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        new("Another hypervisor has the CPU's virtualization.", "End it (VirtualBox and VMware do this), or use .WithAccelerator(\"tcg\").");
}
