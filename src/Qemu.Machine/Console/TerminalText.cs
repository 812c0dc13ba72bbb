using System.Buffers;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// Turns a terminal's byte stream into text: UTF-8 with U+FFFD for what is not, escape sequences and control characters (C1 too)
/// dropped, every line end <c>\n</c>. Works on chunks cut anywhere; a copy of the value is a copy of its state.
/// </summary>
internal struct TerminalText
{
    /// <summary>How many more characters than bytes one call can give: what a former chunk left undecided.</summary>
    public const int ExtraCapacity = 4;

    /// <summary>An unterminated string sequence swallows no more than this.</summary>
    private const int MaximumStringLength = 4096;

    private const int LargestPooled = 1024 * 1024;

    private const byte Escape = 0x1B;
    private const byte Bell = 0x07;

    private static readonly SearchValues<byte> s_plain =
        SearchValues.Create([(byte)'\n', (byte)'\t', .. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value)]);

    private Mode _mode;
    private int _stringLength;
    private bool _carriageReturn;
    private uint _partial;
    private int _partialLength;

    private enum Mode : byte
    {
        Text,
        Escape,
        Intermediate,
        Control,
        String,
        StringEscape,
    }

    /// <summary>Cleans a whole text.</summary>
    public static string Clean(ReadOnlySpan<byte> bytes)
    {
        var text = default(TerminalText);
        bool pooled = bytes.Length <= LargestPooled; // a larger one the pool would keep for ever
        char[] characters = pooled ? ArrayPool<char>.Shared.Rent(bytes.Length + ExtraCapacity) : new char[bytes.Length + ExtraCapacity];
        int length = text.Clean(bytes, characters);
        string result = new(characters, 0, length);
        if (pooled)
            ArrayPool<char>.Shared.Return(characters);
        return result;
    }

    /// <summary>Cleans one chunk into <paramref name="output"/>, which has room for the bytes and <see cref="ExtraCapacity"/> more; returns the characters written.</summary>
    public int Clean(ReadOnlySpan<byte> bytes, Span<char> output)
    {
        int written = 0;
        while (!bytes.IsEmpty)
        {
            if (_mode == Mode.Text && _partialLength == 0 && !_carriageReturn)
            {
                int run = bytes.IndexOfAnyExcept(s_plain);
                if (run < 0)
                    run = bytes.Length;
                Ascii.ToUtf16(bytes[..run], output[written..], out int copied);
                written += copied;
                bytes = bytes[run..];
                if (bytes.IsEmpty)
                    break;
            }

            // A byte that ends a broken sequence is looked at again, as text.
            if (Step(bytes[0], output, ref written))
                bytes = bytes[1..];
        }

        return written;
    }

    private bool Step(byte value, Span<char> output, ref int written)
    {
        switch (_mode)
        {
            case Mode.Escape:
                _stringLength = 0;
                _mode = value switch
                {
                    (byte)'[' => Mode.Control,
                    (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_' => Mode.String,
                    >= 0x20 and <= 0x2F => Mode.Intermediate,
                    _ => Mode.Text,
                };
                return value >= 0x20 && value < 0x7F;
            case Mode.Intermediate:
                if (value is < 0x20 or > 0x2F)
                    _mode = Mode.Text;
                return value is >= 0x20 and < 0x7F;
            case Mode.Control:
                if (value is < 0x20 or > 0x3F)
                    _mode = Mode.Text;
                return value is >= 0x20 and < 0x7F;
            case Mode.String:
                bool ends = value is Bell or (byte)'\n' || ++_stringLength > MaximumStringLength;
                _mode = ends ? Mode.Text : value == Escape ? Mode.StringEscape : Mode.String;
                return value != (byte)'\n';
            case Mode.StringEscape:
                _mode = value == (byte)'\\' ? Mode.Text : Mode.Escape;
                return value == (byte)'\\';
            default:
                return StepText(value, output, ref written);
        }
    }

    private bool StepText(byte value, Span<char> output, ref int written)
    {
        if (_partialLength > 0)
            return StepPartial(value, output, ref written);
        if (value == (byte)'\r')
        {
            _carriageReturn = true;
            return true;
        }

        if (_carriageReturn)
        {
            _carriageReturn = false;
            output[written++] = '\n';
            if (value == (byte)'\n')
                return true;
        }

        if (value >= 0x80)
        {
            (_partial, _partialLength) = (0, 0);
            return StepPartial(value, output, ref written);
        }

        if (value == Escape)
            _mode = Mode.Escape;
        else if (value is (byte)'\n' or (byte)'\t' or (>= 0x20 and < 0x7F))
            output[written++] = (char)value;
        return true;
    }

    private bool StepPartial(byte value, Span<char> output, ref int written)
    {
        Span<byte> sequence = stackalloc byte[4];
        for (int i = 0; i < _partialLength; i++)
            sequence[i] = (byte)(_partial >> (8 * i));
        sequence[_partialLength] = value;
        OperationStatus status = Rune.DecodeFromUtf8(sequence[..(_partialLength + 1)], out Rune rune, out int consumed);
        if (status == OperationStatus.NeedMoreData)
        {
            _partial |= (uint)value << (8 * _partialLength);
            _partialLength++;
            return true;
        }

        // An invalid sequence stops before the byte that made it so, unless that byte alone is invalid.
        bool takesValue = status == OperationStatus.Done || consumed > _partialLength;
        (_partial, _partialLength) = (0, 0);
        if (!Rune.IsControl(rune))
            written += rune.EncodeToUtf16(output[written..]);
        return takesValue;
    }
}
