namespace Qemu.Machine;

/// <summary>The one program that gives a small guest its shell and its tools.</summary>
internal static class Busybox
{
    private const string GuestName = "bin/busybox";

    private static readonly string[] Places = ["/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"];

    /// <summary>The host's own busybox, or the given file; both must run on their own in a guest that has no libraries.</summary>
    public static string Find(string? hostPath)
    {
        string path = hostPath ?? Places.FirstOrDefault(File.Exists)
            ?? throw new GuestImageException($"This host has no busybox ({string.Join(", ", Places)}): install it with `apt-get install busybox-static`, or name the file.");

        using Stream program = HostFile.Open(path);
        if (ElfFile.TryOpen(program)?.NeedsDynamicLoader == true)
            throw new GuestImageException($"{path} is dynamically linked, and the guest has no libraries for it: install `busybox-static`, or name a static one.");

        return Path.GetFullPath(path);
    }

    /// <summary>The program and one link for each of its applets, at the places where scripts expect them (<c>bin/sh</c>, <c>sbin/insmod</c>).</summary>
    public static async Task<IReadOnlyList<CpioEntry>> GetEntriesAsync(string path, CancellationToken cancellationToken)
    {
        string list = await HostProgram.RunAsync(path, ["--list-full"], "/", cancellationToken).ConfigureAwait(false);
        string[] applets = list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // linuxrc serves the initrd of old, which was a disk image, and would lie about in the guest's root.
        return
        [
            CpioEntry.File(GuestName, HostFile.ExecutableMode, _ => Task.FromResult(HostFile.Open(path))),
            .. applets.Where(applet => applet is not (GuestName or "linuxrc")).Select(applet => CpioEntry.Symlink(applet, "/" + GuestName)),
        ];
    }
}
