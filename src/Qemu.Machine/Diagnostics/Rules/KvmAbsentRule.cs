namespace Qemu.Machine;

/// <summary>No <c>/dev/kvm</c>.</summary>
internal sealed class KvmAbsentRule() : OutputRule("Could not access KVM kernel module: No such file")
{
    public override string Name => "kvm-absent";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        "This host has no /dev/kvm.",
        "Load the module (`sudo modprobe kvm_intel` or kvm_amd), switch virtualization on in the firmware, or nested virtualization on in the hypervisor below; a container needs --device /dev/kvm. Without: .WithAccelerator(Accelerators.BestAvailable) or .WithAccelerator(\"tcg\").");
}
