namespace Qemu.Machine;

/// <summary>A line of QEMU's output, and the option that it is about.</summary>
/// <param name="Text">The line.</param>
/// <param name="Option">The option; null when the line names none.</param>
/// <param name="IsFromQemu">Whether it begins as QEMU's messages do. What a guest says on a console that goes to stdout, or a wrapper's chatter, does not.</param>
internal sealed record OutputLine(string Text, LaunchOption? Option, bool IsFromQemu)
{
    /// <summary>The line without the program's name and the option.</summary>
    public string Message => Option is { Text: var option } && Text.IndexOf(option + ": ", StringComparison.Ordinal) is >= 0 and var start
        ? Text[(start + option.Length + 2)..]
        : Text;

    /// <summary>Whether QEMU itself calls it a warning or an information.</summary>
    public bool IsRemark { get; } = Text.Contains("warning: ", StringComparison.Ordinal) || Text.Contains("info: ", StringComparison.Ordinal);

    public bool Says(string words) => Message.Contains(words, StringComparison.Ordinal);

    /// <summary>The text of the n-th quotation in the message; empty when there is none. The apostrophe of "doesn't" opens none.</summary>
    public string Quoted(int index = 0, char quote = '\'')
    {
        string message = Message;
        for (int start = 0; start < message.Length; start++)
        {
            if (message[start] != quote || (start > 0 && char.IsLetterOrDigit(message[start - 1])))
                continue;
            int end = message.IndexOf(quote, start + 1);
            if (end < 0)
                break;
            if (index-- == 0)
                return message[(start + 1)..end];
            start = end;
        }

        return "";
    }

    /// <summary>What follows some words, to the end of the line.</summary>
    public string After(string words)
    {
        string message = Message;
        int start = message.IndexOf(words, StringComparison.Ordinal);
        return start < 0 ? "" : message[(start + words.Length)..].Trim();
    }

    /// <summary>What follows some words, up to others.</summary>
    public string Between(string words, string end)
    {
        string rest = After(words);
        int stop = rest.IndexOf(end, StringComparison.Ordinal);
        return stop < 0 ? rest : rest[..stop];
    }
}
