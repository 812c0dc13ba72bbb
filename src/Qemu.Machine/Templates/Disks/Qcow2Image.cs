using System.Buffers.Binary;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// Writes empty qcow2 images: over another image, which from then on is only read, or over nothing. That needs no <c>qemu-img</c>, which
/// not every host with QEMU has.
/// </summary>
/// <remarks>Source: docs/interop/qcow2.txt of QEMU. Version 3, clusters of 64 KiB: header, reference count table, one block of reference counts, L1 table.</remarks>
internal static class Qcow2Image
{
    public const string Format = "qcow2";
    public const string RawFormat = "raw";

    private const int SectorSize = 512;
    private const int ClusterBits = 16;
    private const int ClusterSize = 1 << ClusterBits;
    private const int HeaderLength = 104;
    private const uint BackingFormatExtension = 0xe2792aca;
    private const int ReferenceCountTable = 1;
    private const int ReferenceCounts = 2;
    private const int L1Table = 3;

    /// <summary>How much one entry of the L1 table stands for: an L2 table of 8-byte entries, a cluster each.</summary>
    private const long BytesPerL1Entry = (long)ClusterSize / sizeof(ulong) * ClusterSize;

    /// <summary>Writes the overlay.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="image">The image below.</param>
    /// <param name="format">The image's format, <c>raw</c> or <c>qcow2</c>.</param>
    /// <exception cref="QemuConfigurationException">The image is of another format.</exception>
    /// <exception cref="IOException">The image is missing, or the overlay cannot be written.</exception>
    public static void Create(string path, string image, string format)
    {
        string backing = Path.GetFullPath(image);
        byte[] bytes = Layout(VirtualSize(backing, format));
        byte[] name = Encoding.UTF8.GetBytes(backing);
        int nameOffset = WriteBackingFormat(bytes, format);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), nameOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), name.Length);
        name.CopyTo(bytes, nameOffset);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes an image that is empty and has nothing below it.</summary>
    public static void CreateEmpty(string path, long size) => File.WriteAllBytes(path, Layout(size));

    private static byte[] Layout(long size)
    {
        long entries = (size + BytesPerL1Entry - 1) / BytesPerL1Entry;
        int tableClusters = (int)((entries * sizeof(ulong) + ClusterSize - 1) / ClusterSize);

        byte[] bytes = new byte[(L1Table + Math.Max(tableClusters, 1)) * ClusterSize];
        Span<byte> header = bytes;
        BinaryPrimitives.WriteUInt32BigEndian(header, Qcow2Header.Magic);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], 3);
        BinaryPrimitives.WriteUInt32BigEndian(header[20..], ClusterBits);
        BinaryPrimitives.WriteInt64BigEndian(header[24..], size);
        BinaryPrimitives.WriteUInt32BigEndian(header[36..], (uint)entries);
        BinaryPrimitives.WriteInt64BigEndian(header[40..], L1Table * ClusterSize);
        BinaryPrimitives.WriteInt64BigEndian(header[48..], ReferenceCountTable * ClusterSize);
        BinaryPrimitives.WriteUInt32BigEndian(header[56..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(header[96..], 4); // reference counts of 1 << 4 bits
        BinaryPrimitives.WriteUInt32BigEndian(header[100..], HeaderLength);

        BinaryPrimitives.WriteInt64BigEndian(header[(ReferenceCountTable * ClusterSize)..], ReferenceCounts * ClusterSize);
        for (int cluster = 0; cluster < bytes.Length / ClusterSize; cluster++)
            BinaryPrimitives.WriteUInt16BigEndian(header[(ReferenceCounts * ClusterSize + cluster * sizeof(ushort))..], 1);
        return bytes;
    }

    private static int WriteBackingFormat(Span<byte> header, string format)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header[HeaderLength..], BackingFormatExtension);
        BinaryPrimitives.WriteInt32BigEndian(header[(HeaderLength + 4)..], format.Length);
        Encoding.ASCII.GetBytes(format, header[(HeaderLength + 8)..]);

        // Extensions are padded to 8 bytes and end with one of type 0 and length 0, which is there already.
        return HeaderLength + 8 + (format.Length + 7) / 8 * 8 + 8;
    }

    private static long VirtualSize(string image, string format) => format switch
    {
        RawFormat => (new FileInfo(image).Length + SectorSize - 1) / SectorSize * SectorSize,
        Format => Qcow2Header.Read(image)?.VirtualSize ?? throw new QemuConfigurationException($"'{image}' is not a qcow2 image."),
        _ => throw new QemuConfigurationException(
            $"No template can be made with a writable disk of format '{format}': convert it, `qemu-img convert -O qcow2 '{image}' disk.qcow2`, or add it read-only."),
    };
}
