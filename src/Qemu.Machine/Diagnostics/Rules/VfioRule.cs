namespace Qemu.Machine;

/// <summary>A host device that cannot be handed to the guest.</summary>
internal sealed class VfioRule() : OutputRule("vfio")
{
    public override string Name => "vfio";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => line.Option is { } option && option.Type.StartsWith("vfio", StringComparison.Ordinal)
        ? new Finding(
            $"The host's device {option.Property("host") ?? option.Property("sysfsdev")} cannot be handed to a guest{(line.Says("no iommu_group") ? ": the host runs without an IOMMU" : "")}.",
            "Switch the IOMMU on (firmware, and intel_iommu=on or amd_iommu=on), bind the device to vfio-pci, and give this user its /dev/vfio group.")
        : null;
}
