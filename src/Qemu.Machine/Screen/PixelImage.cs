using System.Buffers.Text;

namespace Qemu.Machine;

/// <summary>A picture as QEMU's oldest screenshot format has it: three bytes a pixel, row by row.</summary>
internal sealed record PixelImage(int Width, int Height, ReadOnlyMemory<byte> Pixels)
{
    public const int BytesPerPixel = 3;

    /// <summary>Reads a binary PPM file, <c>P6</c>, of 8 bits a colour.</summary>
    public static PixelImage ReadPpm(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        int position = 0;
        if (!bytes.StartsWith("P6"u8))
            throw new InvalidDataException("QEMU's screenshot is no PPM file.");
        position += 2;
        int width = ReadNumber(bytes, ref position);
        int height = ReadNumber(bytes, ref position);
        int maximum = ReadNumber(bytes, ref position);
        position++; // one blank before the pixels
        int length = checked(width * height * BytesPerPixel);
        return maximum == 255 && bytes.Length - position >= length
            ? new PixelImage(width, height, file.Slice(position, length))
            : throw new InvalidDataException("QEMU's screenshot is cut off, or not of 8 bits a colour.");
    }

    /// <summary>Which part of the pixels differ, 0 to 1; 1 for pictures of different sizes.</summary>
    public double DifferenceTo(PixelImage other)
    {
        if ((Width, Height) != (other.Width, other.Height))
            return 1;
        ReadOnlySpan<byte> ours = Pixels.Span;
        ReadOnlySpan<byte> theirs = other.Pixels.Span;
        int differing = 0;
        for (int i = ours.CommonPrefixLength(theirs) / BytesPerPixel * BytesPerPixel; i < ours.Length; i += BytesPerPixel)
        {
            if (!ours.Slice(i, BytesPerPixel).SequenceEqual(theirs.Slice(i, BytesPerPixel)))
                differing++;
        }

        return (double)differing / Math.Max(1, Width * Height);
    }

    /// <summary>The colour at a place from the upper left corner, 0, to the lower right one, 1.</summary>
    public ScreenColor ColorAt(double x, double y)
    {
        int column = (int)(x * (Width - 1));
        int row = (int)(y * (Height - 1));
        ReadOnlySpan<byte> pixel = Pixels.Span.Slice(((row * Width) + column) * BytesPerPixel, BytesPerPixel);
        return new ScreenColor(pixel[0], pixel[1], pixel[2]);
    }

    private static int ReadNumber(ReadOnlySpan<byte> bytes, ref int position)
    {
        while (position < bytes.Length && (char.IsWhiteSpace((char)bytes[position]) || bytes[position] == (byte)'#'))
        {
            int comment = bytes[position] == (byte)'#' ? bytes[position..].IndexOf((byte)'\n') : 0;
            position += comment + 1;
        }

        if (!Utf8Parser.TryParse(bytes[position..], out int number, out int consumed))
            throw new InvalidDataException("QEMU's screenshot is no PPM file.");
        position += consumed;
        return number;
    }
}
