namespace Qemu.Machine;

/// <summary>A device model that this QEMU does not have: misspelt, not built in, or in a package of its own.</summary>
internal sealed class DeviceUnknownRule() : OutputRule("is not a valid device model name")
{
    /// <summary>Models that distributions ship apart from QEMU itself, with Debian's package.</summary>
    private static readonly (string Prefix, string Package)[] s_packages =
    [
        ("qxl", "qemu-system-modules-spice"),
        ("virtio-gpu-gl", "qemu-system-modules-opengl"),
        ("virtio-vga-gl", "qemu-system-modules-opengl"),
        ("usb-redir", "qemu-system-common"),
        ("virtio-gpu", "qemu-system-common"),
        ("virtio-vga", "qemu-system-common"),
    ];

    public override string Name => "device-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string device = line.Quoted();
        string? package = s_packages.FirstOrDefault(known => device.StartsWith(known.Prefix, StringComparison.Ordinal)).Package;
        return new Finding(
            $"{evidence.BinaryName} has no device '{device}'.",
            package is null
                ? $"`{evidence.BinaryName} -device help` lists all."
                : $"On Debian it is in the package {package} (from Debian 13 on; before that in qemu-system-common or qemu-system-gui).")
        {
            Unknown = new UnknownName(NameKind.Device, device),
        };
    }
}
