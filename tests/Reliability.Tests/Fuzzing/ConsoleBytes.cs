using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Tests.Reliability;

/// <summary>Generates what a guest may print: text, line ends of all kinds, escape sequences whole and broken, UTF-8 whole and broken, noise.</summary>
internal static class ConsoleBytes
{
    private static readonly string[] s_pieces =
    [
        "a", "b", "ab", "ba", "login: ", " ", "\r", "\n", "\r\n", "\r\r\n", "a\nb", "\t", "\0", "\b", "\u007f",
        "\u001b", "\u001b[", "\u001b[31m", "\u001b[2J", "\u001b]0;title\u0007", "\u001b]0;title\u001b\\", "\u001bP", "\u001b(B", "\u001bc",
        "\u009b31m", "\u0085", "\u0090", "é", "€", "😀", "\ufeff", "\u202e",
    ];

    public static Gen<byte[]> Generator { get; } = Gen.OneOf(
            Gen.Elements(s_pieces).Select(Encoding.UTF8.GetBytes),
            Gen.Elements(s_pieces).Select(Encoding.UTF8.GetBytes),
            Gen.Choose(0, 255).Select(static value => new[] { (byte)value }),
            Gen.Elements<byte[]>([0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3], [0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80]))
        .ArrayOf()
        .Select(static pieces => pieces.SelectMany(static piece => piece).ToArray());

    public static Arbitrary<byte[]> Arbitrary { get; } = Arb.From(Generator, Shrink);

    // Halves first, then single bytes.
    private static IEnumerable<byte[]> Shrink(byte[] bytes)
    {
        if (bytes.Length > 1)
        {
            yield return bytes[..(bytes.Length / 2)];
            yield return bytes[(bytes.Length / 2)..];
        }

        for (int i = 0; i < bytes.Length; i++)
            yield return [.. bytes[..i], .. bytes[(i + 1)..]];
    }
}
