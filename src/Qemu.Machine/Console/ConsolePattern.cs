using System.Text;
using System.Text.RegularExpressions;

namespace Qemu.Machine;

/// <summary>
/// Something to wait for on a console: a text, or a regular expression. Both see the text without terminal escapes and with
/// <c>\n</c> as the only line end; a match may end anywhere, so prompts need no newline.
/// </summary>
public sealed class ConsolePattern
{
    /// <summary>How far back a regular expression sees: characters that came before the newest ones.</summary>
    internal const int Lookback = 16 * 1024;

    private readonly string? _text;
    private readonly Regex? _regex;

    /// <summary>A text, compared character by character. It is taken as a console's own is: a line end of any kind is a <c>\n</c>, and escapes count for nothing.</summary>
    /// <exception cref="ArgumentException">Nothing is left of it.</exception>
    public ConsolePattern(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _text = TerminalText.Clean(Encoding.UTF8.GetBytes(text));
        if (_text.Length == 0)
            throw new ArgumentException("There is nothing in it that a console's text could hold: control characters are not part of that.", nameof(text));
    }

    /// <summary>A regular expression. A match may span lines, up to 16,384 characters.</summary>
    public ConsolePattern(Regex regex)
    {
        ArgumentNullException.ThrowIfNull(regex);
        _regex = regex;
    }

    /// <summary>A text.</summary>
    public static implicit operator ConsolePattern(string text) => new(text);

    /// <summary>A regular expression.</summary>
    public static implicit operator ConsolePattern(Regex regex) => new(regex);

    /// <summary>The pattern, quoted for messages.</summary>
    public override string ToString() => _text is not null ? $"\"{_text}\"" : $"/{_regex}/";

    /// <summary>How many characters must be kept when nothing matched yet.</summary>
    internal int KeepLength => _text is null ? Lookback : _text.Length - 1;

    /// <summary>Finds the first match in a window; the characters before <paramref name="newFrom"/> have been searched already.</summary>
    internal bool TryFind(ReadOnlySpan<char> window, int newFrom, out int start, out int length)
    {
        if (_text is not null)
        {
            int searchFrom = Math.Max(0, newFrom - _text.Length + 1);
            int index = window[searchFrom..].IndexOf(_text, StringComparison.Ordinal);
            (start, length) = (searchFrom + index, _text.Length);
            return index >= 0;
        }

        foreach (ValueMatch match in _regex!.EnumerateMatches(window))
        {
            (start, length) = (match.Index, match.Length);
            return true;
        }

        (start, length) = (0, 0);
        return false;
    }

    /// <summary>The match with its groups: found once more in the whole window, for what an expression asks of the text around it.</summary>
    internal Match? Groups(ReadOnlySpan<char> window) => _regex?.Match(window.ToString());
}
