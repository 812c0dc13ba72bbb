using System.Globalization;

namespace Qemu.Machine;

/// <summary>A directory of the host that the guest can mount.</summary>
/// <param name="HostPath">The directory.</param>
/// <param name="Tag">The name by which the guest mounts it.</param>
/// <param name="ReadOnly">Whether the guest may only read it.</param>
/// <param name="Kind">How it is shared.</param>
public sealed record SharedDirectoryOption(string HostPath, string Tag, bool ReadOnly = false, SharedDirectoryKind Kind = SharedDirectoryKind.NineP) : QemuOption
{
    /// <summary>QEMU's limit for 9p, smaller than that for virtiofs.</summary>
    internal const int MaximumTag = 31;

    /// <summary>How the guest mounts it; 9p without a message size would move 8 kB at a time.</summary>
    internal string MountOptions => Kind == SharedDirectoryKind.VirtioFs
        ? $"-t virtiofs -o {(ReadOnly ? "ro" : "rw")}"
        : $"-t 9p -o trans=virtio,version=9p2000.L,msize=262144,{(ReadOnly ? "ro" : "rw")}";

    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        string path = Path.GetFullPath(HostPath);
        if (!Directory.Exists(path))
            throw new QemuConfigurationException($"The directory to be shared as '{Tag}' does not exist: {path}.");
        string id = "share" + commandLine.NextIndex("share").ToString(CultureInfo.InvariantCulture);
        if (Kind == SharedDirectoryKind.VirtioFs)
        {
            VirtioFsDaemon daemon = VirtioFsDaemon.Find();
            new CompanionOption(id, daemon.Path, daemon.Arguments(path, ReadOnly)).AppendTo(commandLine);
            commandLine.Add("-device", $"{commandLine.VirtioDevice("vhost-user-fs")},chardev={id},tag={Tag}");
            return;
        }

        // "none" is passthrough that forgives what only root may do: files that the guest makes are this process's user's.
        commandLine.Add(
            "-fsdev",
            $"local,id={id},path={CommandLineBuilder.EscapeCommas(path)},security_model=none,multidevs=remap{(ReadOnly ? ",readonly=on" : "")}");
        commandLine.Add("-device", $"{commandLine.VirtioDevice("virtio-9p")},fsdev={id},mount_tag={Tag}");
    }
}
