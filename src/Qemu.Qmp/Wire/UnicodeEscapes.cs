using System.Globalization;

namespace Qemu.Qmp;

// JSON allows an escape for half a surrogate pair; .NET's parser lets it pass and throws when somebody looks at the text. QEMU never sends one.
internal static class UnicodeEscapes
{
    private const int EscapeLength = 6;     // \uXXXX

    public static bool ArePaired(ReadOnlySpan<byte> json)
    {
        while (true)
        {
            int at = json.IndexOf((byte)'\\');
            if (at < 0 || at + 1 >= json.Length)
                return true;

            json = json[at..];
            int unit = Read(json);
            bool isPair = IsIn(unit, 0xd800) && IsIn(Read(json[EscapeLength..]), 0xdc00);
            if (!isPair && (IsIn(unit, 0xd800) || IsIn(unit, 0xdc00)))
                return false;

            json = json[(unit < 0 ? 2 : isPair ? 2 * EscapeLength : EscapeLength)..];
        }
    }

    private static bool IsIn(int unit, int first) => unit >= first && unit < first + 0x400;

    // The UTF-16 unit of an escape that stands at the beginning; -1 when there is none.
    private static int Read(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength
        && json.StartsWith("\\u"u8)
        && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? unit
            : -1;
}
