using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>The virtiofsd of this host. There are two: that in C, part of QEMU until 7.2, and its successor in Rust; their options differ.</summary>
/// <param name="Path">The program.</param>
/// <param name="IsQemus">Whether it is the older one.</param>
internal sealed record VirtioFsDaemon(string Path, bool IsQemus)
{
    /// <summary>Where distributions put what is not on PATH; the successor first.</summary>
    private static readonly (string Path, bool IsQemus)[] s_places =
    [
        ("/usr/libexec/virtiofsd", false),
        ("/usr/lib/virtiofsd", false),
        ("/usr/lib/qemu/virtiofsd", true),
        ("/usr/libexec/qemu/virtiofsd", true),
    ];

    /// <exception cref="QemuConfigurationException">The host has none.</exception>
    public static VirtioFsDaemon Find()
    {
        if (ExecutableLookup.Find("virtiofsd", firstDirectory: null, out _) is { } onPath)
            return new VirtioFsDaemon(onPath, IsQemus: false);
        foreach ((string path, bool isQemus) in s_places)
        {
            if (File.Exists(path))
                return new VirtioFsDaemon(path, isQemus);
        }

        throw new QemuConfigurationException(
            "This host has no virtiofsd, which virtiofs needs: install the package virtiofsd (on Debian 12, qemu-system-common), or share by 9p.");
    }

    /// <exception cref="QemuConfigurationException">This one cannot do that.</exception>
    public ImmutableArray<string> Arguments(string directory, bool readOnly)
    {
        bool isRoot = Libc.GetEffectiveUserId() == 0;
        if (!IsQemus)
        {
            // A sandbox of its own needs privileges; without, what the guest can reach is what this process's user can.
            ImmutableArray<string> arguments = ["--shared-dir", directory, "--fd", "{listener}", "--sandbox", isRoot ? "chroot" : "none"];
            return readOnly ? arguments.Add("--readonly") : arguments;
        }

        if (readOnly)
            throw new QemuConfigurationException($"{Path}, the virtiofsd of QEMU up to 7.2, cannot share for reading only: share '{directory}' by 9p, or install the package virtiofsd of a newer distribution.");
        if (!isRoot)
            throw new QemuConfigurationException($"{Path}, the virtiofsd of QEMU up to 7.2, runs as root only: share '{directory}' by 9p, or install the package virtiofsd of a newer distribution.");
        if (directory.Contains(',', StringComparison.Ordinal))
            throw new QemuConfigurationException($"{Path}, the virtiofsd of QEMU up to 7.2, takes no comma in a path: share '{directory}' by 9p.");
        return ["-f", "-o", "source=" + directory, "-o", "sandbox=chroot", "--fd={listener}"];
    }
}
