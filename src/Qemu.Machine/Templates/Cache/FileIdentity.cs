using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>What changes when a file's content does, without reading it: also the time of the last change of anything, which no copying tool can set back.</summary>
/// <param name="Inode">Number of the file in its file system.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Allocated">What it takes of its file system, in bytes; less than the length where the file has holes.</param>
/// <param name="Written">When its content was last written, in nanoseconds since 1970.</param>
/// <param name="Changed">When anything about it last changed, likewise.</param>
/// <param name="IsRegular">Whether it is a file, not a directory or device.</param>
internal readonly record struct FileIdentity(ulong Inode, long Length, long Allocated, long Written, long Changed, bool IsRegular)
{
    private const int StructureSize = 256;
    private const int FileTypeMask = 0xf000;
    private const int RegularFile = 0x8000;
    private const int SectorSize = 512;

    /// <exception cref="IOException">There is no such file, or it cannot be looked at.</exception>
    public static unsafe FileIdentity Of(string path)
    {
        // struct statx has one layout on all architectures: man 2 statx.
        byte* result = stackalloc byte[StructureSize];
        if (Libc.StatX(Libc.AT_FDCWD, path, flags: 0, Libc.STATX_BASIC_STATS, result) != 0)
            throw new IOException($"'{path}' cannot be looked at: {Marshal.GetLastPInvokeErrorMessage()}.");
        return new FileIdentity(
            Inode: *(ulong*)(result + 32),
            Length: *(long*)(result + 40),
            Allocated: *(long*)(result + 48) * SectorSize,
            Written: Nanoseconds(result + 112),
            Changed: Nanoseconds(result + 96),
            IsRegular: (*(ushort*)(result + 28) & FileTypeMask) == RegularFile);
    }

    private static unsafe long Nanoseconds(byte* time) => *(long*)time * 1_000_000_000 + *(uint*)(time + 8);
}
