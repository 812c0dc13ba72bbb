using System.Globalization;
using System.Text;

namespace Qemu.Qmp;

// What a message shows of received bytes: safe to print in any terminal or CI log, and short.
internal static class Excerpt
{
    private const int MaximumBytes = 256;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> shown = bytes.Length > MaximumBytes ? bytes[..MaximumBytes] : bytes;
        StringBuilder text = new(shown.Length + 32);
        text.Append('"');
        foreach (byte value in shown)
            Append(text, value);

        text.Append('"');
        if (shown.Length < bytes.Length)
            text.Append(CultureInfo.InvariantCulture, $"... ({bytes.Length} bytes in all)");

        return text.ToString();
    }

    // Text of the peer's, whole, for a message: its control characters are shown and not obeyed.
    public static string Printable(string text) => text.Any(IsObeyed)
        ? string.Concat(text.Select(character => IsObeyed(character) ? string.Create(CultureInfo.InvariantCulture, $@"\x{(int)character:x2}") : character.ToString()))
        : text;

    private static bool IsObeyed(char character) => char.IsControl(character) && character is not ('\n' or '\t');

    private static void Append(StringBuilder text, byte value)
    {
        if (value == (byte)'\\')
            text.Append(@"\\");
        else if (value == (byte)'\n')
            text.Append(@"\n");
        else if (value == (byte)'\r')
            text.Append(@"\r");
        else if (value is < 0x20 or > 0x7e)
            text.Append(CultureInfo.InvariantCulture, $@"\x{value:x2}");
        else
            text.Append((char)value);
    }
}
