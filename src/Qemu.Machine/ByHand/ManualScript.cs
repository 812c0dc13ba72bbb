using System.Text;

namespace Qemu.Machine;

/// <summary>Writes a manual command as lines of a POSIX shell's script, in which <c>$sockets</c> and <c>$state</c> are directories.</summary>
internal static class ManualScript
{
    /// <summary>A POSIX shell redirects numbers of one digit only; bash redirects any.</summary>
    private const int LastOfOneDigit = 9;

    /// <summary>What a script begins with that runs one of these commands.</summary>
    public static string Begin(params IEnumerable<ManualCommand> commands)
    {
        string bash = commands.Any(command => command.Descriptors.Any(file => file.Number > LastOfOneDigit))
            ? "[ -n \"${BASH_VERSION-}\" ] || exec bash \"$0\" \"$@\" # for descriptors with two digits\n"
            : "";
        return $$"""
            {{bash}}set -eu
            companions=
            trap 'for companion in $companions; do kill "$companion" 2>/dev/null || :; done; rm -rf "${sockets-}"' EXIT
            trap 'exit 1' HUP INT TERM

            """;
    }

    /// <summary>Opens and starts what the command needs, and makes it the shell's arguments, in front of those that there are.</summary>
    public static void AppendCommand(StringBuilder text, ManualCommand command, string indent)
    {
        foreach (string note in command.Notes)
            text.Append(indent).Append("echo ").Append(ShellQuoting.Quote("Note: " + ReportText.Clean(note).Replace('\n', ' '))).Append(" >&2\n");
        foreach (ManualDescriptor file in command.Descriptors)
            text.Append(indent).Append("exec ").Append(file.Number).Append(file.Redirection).Append(ShellQuoting.Quote(file.Path ?? "/dev/null")).Append('\n');
        foreach (ManualCompanion companion in command.Companions.Where(companion => companion.Words.Count > 0))
            AppendCompanion(text, companion, indent);
        text.Append(indent).Append("set --");
        foreach (string word in command.Words)
            text.Append(" \\\n").Append(indent).Append("    ").Append(Quote(word));
        text.Append(" \\\n").Append(indent).Append("    \"$@\"\n");
    }

    /// <summary>QEMU connects once, so the companion must listen by then.</summary>
    private static void AppendCompanion(StringBuilder text, ManualCompanion companion, string indent)
    {
        text.Append(indent).Append("mkdir ").Append(Quote(companion.Folder)).Append('\n');
        text.Append(indent).AppendJoin(' ', companion.Words.Select(Quote)).Append(" >").Append(Quote(companion.Folder + ".log")).Append(" 2>&1 &\n");
        text.Append(indent).Append("companions=\"$companions $!\"\n");
        if (companion.Socket is { } socket)
            text.Append(indent).Append("while [ ! -S ").Append(Quote(socket)).Append(" ] && kill -0 $! 2>/dev/null; do sleep 0.1; done\n").Append(indent).Append("sleep 0.1\n");
        text.Append(indent).Append("kill -0 $! 2>/dev/null || cat ").Append(Quote(companion.Folder + ".log")).Append(" >&2\n");
    }

    /// <summary>A word for a POSIX shell, its tokens replaced by variables.</summary>
    private static string Quote(string word)
    {
        string marked = word
            .Replace(ManualCommand.SocketDirectory, "\0sockets\0", StringComparison.Ordinal)
            .Replace(ManualCommand.StateDirectory, "\0state\0", StringComparison.Ordinal);
        string[] parts = marked.Split('\0');
        if (parts.Length == 1)
            return ShellQuoting.Quote(word);
        return string.Concat(parts.Select((part, index) => index % 2 == 0
            ? part.Length == 0 ? "" : ShellQuoting.Quote(part)
            : $"\"${part}\""));
    }
}
