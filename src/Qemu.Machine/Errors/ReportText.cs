using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>
/// Text that came from a guest or from QEMU, made fit for messages and reports. Test runners put both into XML as they are:
/// one ESC, or the end of a CDATA section, ruins the report of a whole run. CI services go further and obey what looks like one
/// of their commands in a job's output (<c>::set-output</c>, <c>##vso[…]</c>): a guest must not have them.
/// </summary>
internal static partial class ReportText
{
    /// <summary>Without escape sequences and control characters, every line end <c>\n</c>, and without what XML or its CDATA sections forbid.</summary>
    public static string Clean(string text) => Clean(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Clean(string)"/>
    public static string Clean(ReadOnlySpan<byte> bytes) => WithoutCommands(TerminalText.Clean(bytes)
        .Replace('\uFFFE', '\uFFFD')
        .Replace('\uFFFF', '\uFFFD')
        .Replace("]]>", "]]\u200B>", StringComparison.Ordinal)); // a space without width: it looks the same

    private static string WithoutCommands(string text) => text.Contains("::", StringComparison.Ordinal) || text.Contains("##", StringComparison.Ordinal)
        ? CiCommand().Replace(text, "${first}\u200B")
        : text;

    /// <summary>Two colons and a letter at the start of a line, white space aside; two hashes and a bracket anywhere.</summary>
    [GeneratedRegex(@"(?<first>(?<=^[^\S\n]*):(?=:\p{L})|#(?=#(?:\[|vso\[|teamcity\[)))", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex CiCommand();
}
