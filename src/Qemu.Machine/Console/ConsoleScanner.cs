namespace Qemu.Machine;

/// <summary>Searches a console's bytes, fed in order, for the first of several patterns; memory is bounded and the work linear.</summary>
internal sealed class ConsoleScanner
{
    private readonly IReadOnlyList<ConsolePattern> _patterns;
    private readonly int _keep;
    private TerminalText _text;
    private char[] _window = new char[4096];
    private int _length;

    public ConsoleScanner(IReadOnlyList<ConsolePattern> patterns)
    {
        _patterns = patterns;
        _keep = patterns.Max(pattern => pattern.KeepLength);
    }

    /// <summary>Takes the next bytes; returns the earliest match they complete. <paramref name="offset"/> is where in the raw output they stand.</summary>
    public ConsoleMatch? Feed(ReadOnlySpan<byte> bytes, long offset)
    {
        TerminalText before = _text;
        int newFrom = _length;
        Reserve(bytes.Length + TerminalText.ExtraCapacity);
        _length += _text.Clean(bytes, _window.AsSpan(_length));
        if (_length == newFrom)
            return null;

        ReadOnlySpan<char> window = _window.AsSpan(0, _length);
        (int Index, int Start, int Length) best = (-1, int.MaxValue, 0);
        for (int i = 0; i < _patterns.Count; i++)
        {
            if (_patterns[i].TryFind(window, newFrom, out int start, out int length) && start < best.Start)
                best = (i, start, length);
        }

        if (best.Index >= 0)
        {
            string matched = window.Slice(best.Start, best.Length).ToString();
            int newCharacters = Math.Max(0, best.Start + best.Length - newFrom);
            var end = new ConsoleMark(offset + BytesFor(newCharacters, before, bytes));
            return new ConsoleMatch(best.Index, matched, end, _patterns[best.Index].Groups(window));
        }

        Trim();
        return null;
    }

    /// <summary>How many of the bytes make up the first characters: done again byte by byte, once per match.</summary>
    private static int BytesFor(int characters, TerminalText text, ReadOnlySpan<byte> bytes)
    {
        Span<char> output = stackalloc char[1 + TerminalText.ExtraCapacity];
        int used = 0;
        while (characters > 0 && used < bytes.Length)
        {
            characters -= text.Clean(bytes.Slice(used, 1), output);
            used++;
        }

        return used;
    }

    private void Reserve(int more)
    {
        if (_length + more <= _window.Length)
            return;
        Array.Resize(ref _window, Math.Max(_window.Length * 2, _length + more));
    }

    /// <summary>Forgets what no match can reach back to; cuts after a line end where there is one, so that <c>^</c> stays true.</summary>
    private void Trim()
    {
        int cut = _length - _keep;
        if (cut <= 0)
            return;
        int lineEnd = _window.AsSpan(0, cut).LastIndexOf('\n');
        if (lineEnd >= 0)
            cut = lineEnd + 1;
        else if (_length < 4 * _keep + 4096)
            return;
        _window.AsSpan(cut, _length - cut).CopyTo(_window);
        _length -= cut;
    }
}
