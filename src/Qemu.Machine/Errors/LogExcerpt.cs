namespace Qemu.Machine;

/// <summary>The own words of QEMU, or of a program beside it, in an exception's message: the end of the log, where the cause stands.</summary>
internal static class LogExcerpt
{
    private const int MaximumLength = 4000;

    public static string Format(string log, string writer = "QEMU")
    {
        string text = ReportText.Clean(log).Trim();
        if (text.Length == 0)
            return "";
        if (text.Length > MaximumLength)
            text = "[…] " + text[^MaximumLength..];
        return Environment.NewLine + $"{writer} wrote:" + Environment.NewLine + "  "
            + text.Replace("\n", "\n  ", StringComparison.Ordinal);
    }
}
