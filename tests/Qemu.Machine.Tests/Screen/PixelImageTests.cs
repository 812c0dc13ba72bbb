using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Screen;

public sealed class PixelImageTests
{
    private static readonly byte[] s_pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Theory]
    [InlineData("P6\n3 2\n255\n")]
    [InlineData("P6 # a comment\n3\t2 # another\n255 ")]
    public void Ppm_is_read(string header)
    {
        PixelImage image = PixelImage.ReadPpm(Encoding.ASCII.GetBytes(header).Concat(s_pixels).ToArray());

        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal(s_pixels, image.Pixels.ToArray());
    }

    [Theory]
    [InlineData("P5\n3 2\n255\n")]
    [InlineData("P6\n300 200\n255\n")]
    [InlineData("P6\n3 2\n65535\n")]
    public void What_is_no_such_picture_is_an_error(string header) =>
        Assert.Throws<InvalidDataException>(() => PixelImage.ReadPpm(Encoding.ASCII.GetBytes(header).Concat(s_pixels).ToArray()));

    [Fact]
    public void Png_holds_the_same_pixels()
    {
        byte[] png = PngWriter.Write(new PixelImage(3, 2, s_pixels));

        var screenshot = new Screenshot(png);
        Assert.Equal((3, 2), (screenshot.Width, screenshot.Height));
        Assert.Equal(s_pixels, Decode(png));
    }

    [Fact]
    public void Difference_is_the_part_of_the_pixels_that_differ()
    {
        var image = new PixelImage(3, 2, s_pixels);
        byte[] changed = [.. s_pixels];
        changed[5] ^= 1;
        changed[17] ^= 1;

        Assert.Equal(0, image.DifferenceTo(new PixelImage(3, 2, s_pixels.ToArray())));
        Assert.Equal(2 / 6.0, image.DifferenceTo(new PixelImage(3, 2, changed)), precision: 6);
        Assert.Equal(1, image.DifferenceTo(new PixelImage(2, 3, s_pixels)));
    }

    [Theory]
    [InlineData('a', "a")]
    [InlineData('A', "shift a")]
    [InlineData('?', "shift slash")]
    [InlineData('"', "shift apostrophe")]
    [InlineData('\n', "ret")]
    public void Character_has_its_keys(char character, string keys) => Assert.Equal(keys, string.Join(' ', UsKeyboard.Keys(character)));

    [Fact]
    public void Character_without_keys_is_an_error() => Assert.Throws<ArgumentException>(() => UsKeyboard.Keys('ü'));

    [Fact]
    public void Chord_takes_the_names_people_use() => Assert.Equal(["ctrl", "alt", "delete"], UsKeyboard.Chord("Control-alt-Del").Select(key => key.ToLowerInvariant()));

    private static byte[] Decode(byte[] png)
    {
        var pixels = new MemoryStream();
        for (int position = 8; position < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(position));
            if (Encoding.ASCII.GetString(png, position + 4, 4) == "IDAT")
            {
                using var zlib = new ZLibStream(new MemoryStream(png, position + 8, length), CompressionMode.Decompress);
                zlib.CopyTo(pixels);
            }

            Assert.Equal(Checksum(png.AsSpan(position + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(position + 8 + length)));
            position += length + 12;
        }

        return [.. pixels.ToArray().Chunk(10).SelectMany(row => row.Skip(1))];
    }

    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in data)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
        }

        return ~sum;
    }
}
