using System.Buffers.Binary;
using System.Text;

namespace Qemu.Machine;

/// <summary>What the beginning of a qcow2 image says of it.</summary>
/// <param name="VirtualSize">The guest's disk, in bytes.</param>
/// <param name="BackingFile">The image that holds what this one does not, as an absolute path; null for none, and for one that is no plain file.</param>
/// <remarks>Source: docs/interop/qcow2.txt of QEMU. All numbers are big-endian.</remarks>
internal sealed record Qcow2Header(long VirtualSize, string? BackingFile)
{
    public const uint Magic = 0x514649fb; // "QFI" and 0xfb

    private const int FixedLength = 72;
    private const int MaximumName = 1023;

    /// <summary>Reads a header; null when the file is no qcow2 image.</summary>
    public static Qcow2Header? Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[FixedLength];
        if (file.ReadAtLeast(header, FixedLength, throwOnEndOfStream: false) < FixedLength || BinaryPrimitives.ReadUInt32BigEndian(header) != Magic)
            return null;
        long size = BinaryPrimitives.ReadInt64BigEndian(header[24..]);
        long nameOffset = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
        int nameLength = BinaryPrimitives.ReadInt32BigEndian(header[16..]);
        if (nameOffset <= 0 || nameLength is <= 0 or > MaximumName)
            return new Qcow2Header(size, BackingFile: null);
        byte[] name = new byte[nameLength];
        file.Position = nameOffset;
        file.ReadExactly(name);
        string backing = Path.GetFullPath(Encoding.UTF8.GetString(name), Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new Qcow2Header(size, File.Exists(backing) ? backing : null);
    }
}
