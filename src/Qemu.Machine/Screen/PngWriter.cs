using System.Buffers.Binary;
using System.IO.Compression;

namespace Qemu.Machine;

/// <summary>Writes a picture as a PNG file: RGB, 8 bits, one image chunk, no filters.</summary>
internal static class PngWriter
{
    private static readonly uint[] s_table = CreateTable();

    public static byte[] Write(PixelImage image)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8; // bits a colour
        header[9] = 2; // RGB
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compress(image));
        WriteChunk(png, "IEND"u8, default);
        return png.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(PixelImage image)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            int stride = image.Width * PixelImage.BytesPerPixel;
            for (int row = 0; row < image.Height; row++)
            {
                zlib.WriteByte(0); // no filter
                zlib.Write(image.Pixels.Span.Slice(row * stride, stride));
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Checksum(Checksum(uint.MaxValue, type), data));
        png.Write(number);
    }

    private static uint Checksum(uint sum, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
            sum = (sum >> 8) ^ s_table[(byte)(sum ^ value)];
        return sum;
    }

    private static uint[] CreateTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint entry = i;
            for (int bit = 0; bit < 8; bit++)
                entry = (entry & 1) != 0 ? (entry >> 1) ^ 0xEDB8_8320 : entry >> 1;
            table[i] = entry;
        }

        return table;
    }
}
