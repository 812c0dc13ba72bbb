using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>Looks through a console's bytes, fed in order, for lines that tell of a panic; memory is bounded and the work linear.</summary>
internal sealed class PanicScanner(ImmutableArray<PanicRule> rules, ILogger? logger = null)
{
    /// <summary>No line that a rule knows is longer; of a longer one each such part counts as a line.</summary>
    private const int MaximumLine = 8 * 1024;

    private readonly TriggerSearch _triggers = new(rules.SelectMany(rule => rule.Triggers));
    private ImmutableArray<PanicRule> _rules = rules;
    private byte[] _buffer = new byte[MaximumLine];
    private int _length;

    /// <summary>Takes the next bytes; gives what was seen first in them, if anything was.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Where in the raw output they stand.</param>
    public PanicSighting? Feed(ReadOnlySpan<byte> bytes, long offset)
    {
        long start = offset - _length;
        if (_length + bytes.Length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(_length));
        ReadOnlySpan<byte> text = _buffer.AsSpan(0, _length + bytes.Length);

        PanicSighting? sighting = Scan(text, start);
        int lastLine = text.LastIndexOf((byte)'\n') + 1;
        if (text.Length - lastLine >= MaximumLine)
            lastLine = text.Length;
        _length = text.Length - lastLine;
        text[lastLine..].CopyTo(_buffer);
        return sighting;
    }

    /// <summary>No more will come: an unfinished line counts as it is.</summary>
    public PanicSighting? Finish(long offset)
    {
        PanicSighting? sighting = Feed("\n"u8, offset);
        _length = 0;
        return sighting;
    }

    private PanicSighting? Scan(ReadOnlySpan<byte> text, long start)
    {
        int position = 0;
        while (_triggers.IndexIn(text[position..]) is >= 0 and var found)
        {
            int trigger = position + found;
            int line = text[..trigger].LastIndexOf((byte)'\n') + 1;
            int end = text[trigger..].IndexOf((byte)'\n');
            bool isFinished = end >= 0;
            end = isFinished ? trigger + end : text.Length;
            if (Judge(text[line..end], isFinished) is { } judged)
                return new PanicSighting(judged.Rule, judged.Title, start + line);
            if (!isFinished)
                return null;
            position = end;
        }

        return null;
    }

    private (string Rule, string Title)? Judge(ReadOnlySpan<byte> bytes, bool isFinished)
    {
        // A whole text gives its \r as a line end, and a line may begin behind one that erased a prompt.
        string line = TerminalText.Clean(bytes).Trim('\n');
        foreach (PanicRule rule in _rules)
        {
            if ((isFinished || rule.TakesUnfinishedLines) && Ask(rule, line) is { Length: > 0 } title)
                return (rule.Name, title);
        }

        return null;
    }

    /// <summary>A user's rule that fails must not end the watch for all the others: it is told of, and not asked again.</summary>
    private string? Ask(PanicRule rule, string line)
    {
        try
        {
            return rule.Triggers.Any(line.Contains) ? rule.FindTitle(line) : null;
        }
        catch (Exception error)
        {
            logger?.LogError(error, "The panic rule '{Rule}' failed and is not asked again until the next launch", rule.Name);
            _rules = _rules.Remove(rule);
            return null;
        }
    }
}
