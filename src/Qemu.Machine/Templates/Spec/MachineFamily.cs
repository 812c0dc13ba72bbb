namespace Qemu.Machine;

/// <summary>Which machine types are one family under several names: <c>q35</c> and <c>pc-q35-7.2</c>.</summary>
internal static class MachineFamily
{
    /// <summary>The PCs: <c>pc</c> and <c>q35</c>, by themselves and with a version. Without a type, QEMU for x86 takes <c>pc</c>.</summary>
    public static bool IsPc(string? machineType) =>
        machineType is "pc" or "q35"
        || machineType?.StartsWith("pc-i440fx-", StringComparison.Ordinal) == true
        || machineType?.StartsWith("pc-q35-", StringComparison.Ordinal) == true;

    /// <summary><c>microvm</c>: virtio devices on MMIO, next to nothing else.</summary>
    public static bool IsMicrovm(string? machineType) => machineType == "microvm";
}
