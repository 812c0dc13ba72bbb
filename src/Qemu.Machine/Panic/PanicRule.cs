namespace Qemu.Machine;

/// <summary>
/// A way to tell from a line on a console that the guest is broken. Rules see each line without terminal escapes; derive
/// one for what your guest says, or use <see cref="TextPanicRule"/>.
/// </summary>
/// <param name="Name">Its name: <see cref="GuestPanic.Rule"/> shows it, and <see cref="QemuMachineBuilder.WithoutPanicRule"/> removes the rule by it.</param>
public abstract record PanicRule(string Name)
{
    /// <summary>Texts in ASCII, of at least two characters each. Only lines that hold one of them reach the rule: the rarer the texts, the less work.</summary>
    public abstract IReadOnlyList<string> Triggers { get; }

    /// <summary>Whether a line counts that has not ended, as a prompt does not. Default: no, so that the whole title is there.</summary>
    public virtual bool TakesUnfinishedLines => false;

    /// <summary>The panic's title if the line tells of one; else null.</summary>
    /// <param name="line">A line that holds a trigger, without its end.</param>
    public abstract string? FindTitle(string line);

    /// <summary>The line from a text on; null when it does not hold it.</summary>
    protected static string? From(string line, string text)
    {
        ArgumentNullException.ThrowIfNull(line);
        int start = line.IndexOf(text, StringComparison.Ordinal);
        return start < 0 ? null : line[start..].TrimEnd();
    }

    /// <summary>The line from the first of the triggers on.</summary>
    protected string? FromTrigger(string line) => Triggers.Select(trigger => From(line, trigger)).FirstOrDefault(title => title is not null);

    /// <summary>
    /// The line from the first of the triggers on, unless it stands within other text, as where somebody types it or writes about it.
    /// A kernel begins in the midst of a line too, when a prompt stands there.
    /// </summary>
    protected string? FromKernelsTrigger(string line) => FromTrigger(line) is { } title && IsAtABeginning(line, line.IndexOf(title, StringComparison.Ordinal)) ? title : null;

    private static bool IsAtABeginning(string line, int start)
    {
        ReadOnlySpan<char> before = line.AsSpan(0, start);
        if (before.IsWhiteSpace() || before.EndsWith("[ cut here ]------------"))
            return true;
        before = before.TrimEnd(' ');
        return before.Length < start ? before[^1] is ']' or '#' or '$' or '>' or '%' or ':' : before[^1] is ']' or '>';
    }

    /// <summary>What a kernel says, without the time and the like in front of it; null where a program could be the one that says it, because other text comes first.</summary>
    protected static string? KernelText(string line, string start)
    {
        ArgumentNullException.ThrowIfNull(line);
        ReadOnlySpan<char> rest = line;
        while (rest.Length > 0 && (rest[0] == '[' || rest[0] == '<'))
        {
            int end = rest.IndexOf(rest[0] == '[' ? ']' : '>');
            if (end < 0)
                return null;
            rest = rest[(end + 1)..].TrimStart(' ');
        }

        return rest.StartsWith(start, StringComparison.Ordinal) ? rest.TrimEnd().ToString() : null;
    }
}
