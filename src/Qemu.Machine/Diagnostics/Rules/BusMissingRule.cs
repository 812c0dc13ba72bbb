namespace Qemu.Machine;

/// <summary>A device whose bus the machine does not have.</summary>
internal sealed class BusMissingRule() : OutputRule("bus found for device")
{
    public override string Name => "bus-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        (string bus, string device) = (line.Quoted(), line.Quoted(1));
        string? machine = evidence.Options.LastOrDefault(option => option.Name is "-machine" or "-M")?.Type;
        string fix = bus switch
        {
            "PCI" when device.EndsWith("-pci", StringComparison.Ordinal) => $"Use {device[..^"-pci".Length]}-device, or a machine type with PCI such as q35.",
            "PCI" => "Use a machine type with PCI, such as q35.",
            "virtio-serial-bus" => "Add -device virtio-serial-pci before it (on microvm: virtio-serial-device).",
            "usb-bus" => "Add -device qemu-xhci before it.",
            "SCSI" => "Add -device virtio-scsi-pci before it.",
            "virtio-bus" => "Use the variant for this machine's bus, such as virtio-net-pci.",
            "HDA" => "Add -device intel-hda before it.",
            "ccid-bus" => "Add -device usb-ccid before it.",
            "ISA" => "Use a machine type with an ISA bus, such as pc or q35.",
            _ => $"Add a controller that brings a bus of type {bus} before it.",
        };
        return new Finding($"The device {device} needs a bus of type {bus}, and {(machine is null ? "the machine" : $"the machine type {machine}")} has none.", fix);
    }
}
