using System.Text;

namespace Qemu.Machine;

/// <summary>
/// Text that came from a guest or from QEMU, made fit for messages and reports. Test runners put both into XML as they are:
/// one ESC, or the end of a CDATA section, ruins the report of a whole run.
/// </summary>
internal static class ReportText
{
    /// <summary>Without escape sequences and control characters, every line end <c>\n</c>, and without what XML or its CDATA sections forbid.</summary>
    public static string Clean(string text) => Clean(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Clean(string)"/>
    public static string Clean(ReadOnlySpan<byte> bytes) => TerminalText.Clean(bytes)
        .Replace('\uFFFE', '\uFFFD')
        .Replace('\uFFFF', '\uFFFD')
        .Replace("]]>", "]]\u200B>", StringComparison.Ordinal); // a space without width: it looks the same
}
