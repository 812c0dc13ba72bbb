namespace Qemu.Machine;

/// <summary>Where distributions put the firmware of guests that boot by UEFI.</summary>
internal static class UefiFirmware
{
    private static readonly string[] s_places =
    [
        "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
        "/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/edk2/aarch64/QEMU_EFI.fd",
    ];

    /// <summary>The first that this host has; null when it has none.</summary>
    public static string? FindInstalled() => s_places.FirstOrDefault(File.Exists);
}
