#if NET9_0_OR_GREATER
using System.Buffers;
#endif
using System.Text;

namespace Qemu.Machine;

/// <summary>Finds the first of many texts in bytes, many at a time: the whole output of every console passes through here.</summary>
internal sealed class TriggerSearch
{
#if NET9_0_OR_GREATER
    private readonly SearchValues<string> _texts;
    private char[] _wide = [];

    public TriggerSearch(IEnumerable<string> texts)
    {
        _texts = SearchValues.Create([.. texts.Distinct(StringComparer.Ordinal)], StringComparison.Ordinal);
    }

    /// <summary>Where the first begins; -1 when there is none.</summary>
    public int IndexIn(ReadOnlySpan<byte> bytes)
    {
        if (_wide.Length < bytes.Length)
            _wide = new char[bytes.Length];
        Encoding.Latin1.GetChars(bytes, _wide);
        return _wide.AsSpan(0, bytes.Length).IndexOfAny(_texts);
    }
#else
    private readonly byte[][] _texts;

    public TriggerSearch(IEnumerable<string> texts)
    {
        _texts = [.. texts.Distinct(StringComparer.Ordinal).Select(Encoding.ASCII.GetBytes)];
    }

    /// <summary>Where the first begins; -1 when there is none.</summary>
    public int IndexIn(ReadOnlySpan<byte> bytes)
    {
        int first = -1;
        foreach (byte[] text in _texts)
        {
            int index = (first < 0 ? bytes : bytes[..Math.Min(bytes.Length, first + text.Length - 1)]).IndexOf(text);
            if (index >= 0)
                first = index;
        }

        return first;
    }
#endif
}
