using System.Globalization;
using System.Text;

namespace Qemu.Machine;

/// <summary>A command that ran in the guest to its end, whatever that was.</summary>
/// <param name="Command">The command, as it was given.</param>
/// <param name="ExitCode">Its exit code; 128 and more for one that a signal ended, as shells count.</param>
/// <param name="OutputBytes">What it wrote to standard output, byte by byte.</param>
/// <param name="ErrorBytes">What it wrote to standard error.</param>
public sealed record ShellResult(string Command, int ExitCode, ReadOnlyMemory<byte> OutputBytes, ReadOnlyMemory<byte> ErrorBytes)
{
    /// <summary>Standard output as text: UTF-8, line ends as the command wrote them.</summary>
    public string Output { get; } = Encoding.UTF8.GetString(OutputBytes.Span);

    /// <summary>Standard error as text.</summary>
    public string Error { get; } = Encoding.UTF8.GetString(ErrorBytes.Span);

    /// <summary>Whether the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Returns the result itself if the command succeeded.</summary>
    /// <exception cref="GuestCommandException">It did not.</exception>
    public ShellResult EnsureSucceeded() => Succeeded ? this : throw new GuestCommandException(this);

    /// <summary>Exit code and what was written, for messages; of long texts the end.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"`{Command}` exited with code {ExitCode}.");
        Append(text, "Standard output", Output);
        Append(text, "Standard error", Error);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, string content)
    {
        const int MaximumLength = 2000;
        string trimmed = content.TrimEnd();
        if (trimmed.Length == 0)
            return;
        if (trimmed.Length > MaximumLength)
            trimmed = "[…] " + trimmed[^MaximumLength..];
        text.AppendLine().Append(title).AppendLine(":").Append("  ").Append(trimmed.Replace("\n", "\n  ", StringComparison.Ordinal));
    }
}
