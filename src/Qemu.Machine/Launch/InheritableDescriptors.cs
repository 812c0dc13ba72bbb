using System.Globalization;

namespace Qemu.Machine;

/// <summary>
/// This process's own descriptors that a child would inherit by accident: .NET opens all of its own close-on-exec, what
/// stays are those of native code and those that whoever started the tests left open, such as the pipe a CI runner waits on.
/// </summary>
internal static class InheritableDescriptors
{
    private const int FirstBehindStandardError = 3;

    public static IEnumerable<int> Find()
    {
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
                && descriptor >= FirstBehindStandardError
                && Libc.FcntlInt(descriptor, Libc.F_GETFD, 0) is >= 0 and var flags
                && (flags & Libc.FD_CLOEXEC) == 0)
            {
                yield return descriptor;
            }
        }
    }
}
