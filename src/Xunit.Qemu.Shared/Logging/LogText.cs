using Microsoft.Extensions.Logging;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>A log entry as lines that a report can take, whatever the machine or its guest put into it.</summary>
internal static class LogText
{
    /// <summary>The first line begins with the level, in the four letters of console loggers.</summary>
    public static IEnumerable<string> Lines(LogLevel level, string message, Exception? exception)
    {
        string text = exception is null ? message : $"{message}\n{exception.Message}";
        return $"{Name(level)}: {EvidenceText.Clean(text)}".ReplaceLineEndings("\n").Split('\n');
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
