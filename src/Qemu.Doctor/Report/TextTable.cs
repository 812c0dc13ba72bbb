using System.Text;

namespace Qemu.Doctor;

/// <summary>Columns as wide as their widest cell.</summary>
internal static class TextTable
{
    public static void Append(StringBuilder text, string[] heading, IEnumerable<string[]> rows)
    {
        string[][] lines = [heading, .. rows];
        int[] widths = [.. heading.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
            text.AppendLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
