namespace Qemu.Machine;

/// <summary>What every image has: an init, the directories that it mounts on, and the nodes that the kernel opens before anything is mounted.</summary>
internal static class InitSkeleton
{
    private const UnixFileMode EverybodyReadsAndWrites = HostFile.PlainMode | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly string[] MountPoints = ["dev", "mnt", "proc", "root", "run", "sys", "tmp"];

    public static void AddTo(CpioTree tree, string? init, IReadOnlyCollection<string> modules)
    {
        if (init is not null)
            tree.Add(CpioEntry.File("init", HostFile.ExecutableMode, GuestText.Encode(init)));
        else if (!tree.Contains("init"))
            throw new GuestImageException("The initramfs has no /init for the kernel to start: call AddBusybox() for a generated one, WithInit(script), or add /init as a file.");

        foreach (string directory in MountPoints)
            tree.AddUnlessTaken(CpioEntry.Directory(directory, HostFile.ExecutableMode));

        // Without /dev/console in the archive the kernel starts init with no standard input, output and error.
        tree.AddUnlessTaken(CpioEntry.Device("dev/console", DeviceNodeType.Character, 5, 1, UnixFileMode.UserRead | UnixFileMode.UserWrite));
        tree.AddUnlessTaken(CpioEntry.Device("dev/null", DeviceNodeType.Character, 1, 3, EverybodyReadsAndWrites));
        tree.AddUnlessTaken(CpioEntry.File(GuestPath.ToArchiveName(InitScript.ModuleList), HostFile.PlainMode, GuestText.Encode(string.Concat(modules.Select(module => module + "\n")))));
    }
}
