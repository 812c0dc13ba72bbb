namespace Qemu.Machine;

/// <summary>Which options name disk images.</summary>
internal static class DiskOptions
{
    public static bool IsDisk(LaunchOption option) => option.Name
        is "-drive" or "-blockdev" or "-hda" or "-hdb" or "-hdc" or "-hdd" or "-cdrom" or "-sd" or "-fda" or "-fdb" or "-mtdblock" or "-pflash" or "";
}
