using System.Text;

namespace Qemu.Machine;

/// <summary>Paths inside a guest: absolute and with forward slashes, whatever the host's own rules are.</summary>
internal static class GuestPath
{
    /// <summary>PATH_MAX of Linux, which counts the terminating NUL; the kernel's unpacker drops longer names without a word.</summary>
    private const int MaximumBytes = 4096;

    /// <summary>Checks an absolute guest path and returns the name a cpio archive stores for it, without the leading slash.</summary>
    public static string ToArchiveName(string guestPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(guestPath);

        if (guestPath[0] != '/' || guestPath.Length == 1)
            throw new ArgumentException($"'{guestPath}' is not a path below the guest's root: write it absolute, such as /etc/hosts.", nameof(guestPath));

        if (guestPath.Contains('\0'))
            throw new ArgumentException("A guest path cannot contain a NUL character.", nameof(guestPath));

        string name = guestPath[1..];
        foreach (string segment in name.Split('/'))
        {
            if (segment is "" or "." or "..")
                throw new ArgumentException($"'{guestPath}' is not in its plain form: no '//', '.', '..' or '/' at the end.", nameof(guestPath));
        }

        if (Encoding.UTF8.GetByteCount(name) >= MaximumBytes)
            throw new ArgumentException($"A guest path is at most {MaximumBytes - 1} bytes long.", nameof(guestPath));

        return name;
    }

    public static string Combine(string guestDirectory, string name) => guestDirectory == "/" ? "/" + name : guestDirectory + "/" + name;

    /// <summary>The archive names of every directory above <paramref name="archiveName"/>, outermost first.</summary>
    public static IEnumerable<string> Parents(string archiveName)
    {
        for (int slash = archiveName.IndexOf('/'); slash >= 0; slash = archiveName.IndexOf('/', slash + 1))
            yield return archiveName[..slash];
    }
}
