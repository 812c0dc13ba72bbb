using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Bounds what machines print to what a report can take.</summary>
internal static class EvidenceText
{
    /// <summary>Text without escape sequences and what no report can take.</summary>
    public static string Clean(string text) => ReportText.Clean(text);

    /// <summary>The last lines, none of them endless; the first says so when something is left out.</summary>
    public static IEnumerable<string> Tail(string text, int maximumLines, int maximumLineLength = 500)
    {
        string[] lines = text.TrimEnd('\n', ' ').Split('\n');
        if (lines is [""])
            yield break;
        int omitted = Math.Max(0, lines.Length - maximumLines);
        if (omitted > 0)
            yield return $"[… {omitted} lines before this]";
        foreach (string line in lines.Skip(omitted))
            yield return line.Length <= maximumLineLength ? line : string.Concat(line.AsSpan(0, maximumLineLength), " […]");
    }

    /// <summary>UTF-8 of at most so many bytes: the note, and as much of the text's end as there is room for.</summary>
    public static byte[] Cap(string text, int maximumBytes, string note)
    {
        byte[] head = Encoding.UTF8.GetBytes(note);
        byte[] body = Encoding.UTF8.GetBytes(text);
        int start = Math.Max(0, body.Length - Math.Max(0, maximumBytes - head.Length));
        while (start < body.Length && (body[start] & 0xC0) == 0x80)
            start++; // not into the middle of a character
        return [.. head, .. body.AsSpan(start)];
    }
}
