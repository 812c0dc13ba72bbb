using System.Globalization;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>The file behind a descriptor.</summary>
/// <param name="Path">Its path; null where there is none that could be opened again: a pipe, a socket, a file without a name.</param>
/// <param name="Access">How it is open: <see cref="Libc.O_RDONLY"/>, <see cref="Libc.O_WRONLY"/> or <see cref="Libc.O_RDWR"/>. QEMU finds fault with any other way.</param>
internal sealed record FileBehind(string? Path, int Access)
{
    public static FileBehind Of(SafeHandle handle)
    {
        if (handle is { IsClosed: true } or { IsInvalid: true } || !OperatingSystem.IsLinux())
            return new FileBehind(Path: null, Libc.O_RDWR);
        int descriptor = (int)handle.DangerousGetHandle();
        int flags = Libc.FcntlInt(descriptor, Libc.F_GETFL, 0);
        return new FileBehind(PathOf(descriptor), flags < 0 ? Libc.O_RDWR : flags & Libc.O_ACCMODE);
    }

    private static string? PathOf(int descriptor)
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName is { } path && File.Exists(path) ? path : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
