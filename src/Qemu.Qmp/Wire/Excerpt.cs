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
