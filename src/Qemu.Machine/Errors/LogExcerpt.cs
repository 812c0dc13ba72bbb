namespace Qemu.Machine;

/// <summary>QEMU's own words in an exception's message: the end of its log, where the cause stands.</summary>
internal static class LogExcerpt
{
    private const int MaximumLength = 4000;

    public static string Format(string log)
    {
        string text = ReportText.Clean(log).Trim();
        if (text.Length == 0)
            return "";
        if (text.Length > MaximumLength)
            text = "[…] " + text[^MaximumLength..];
        return Environment.NewLine + "QEMU wrote:" + Environment.NewLine + "  "
            + text.Replace("\n", "\n  ", StringComparison.Ordinal);
    }
}
