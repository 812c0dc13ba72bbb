using System.Text;

namespace Qemu.Testing;

/// <summary>Makes lines of bytes that come in pieces. Each line has the time of its first byte.</summary>
internal sealed class LineSplitter
{
    /// <summary>A line longer than this becomes several.</summary>
    private const int Limit = 4096;

    private readonly byte[] _line = new byte[Limit];
    private int _length;
    private long _since;

    /// <summary>Takes bytes; gives the lines they complete.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, long timestamp, Action<long, string> emit)
    {
        while (!bytes.IsEmpty)
        {
            if (_length == 0)
                _since = timestamp;
            int room = Limit - _length;
            int end = bytes.IndexOf((byte)'\n');
            int count = Math.Min(room, end < 0 ? bytes.Length : end);
            bytes[..count].CopyTo(_line.AsSpan(_length));
            _length += count;
            bytes = bytes[count..];
            if (bytes.IsEmpty)
                break;
            if (bytes[0] == (byte)'\n')
                bytes = bytes[1..];
            Emit(emit);
        }
    }

    /// <summary>Gives the line that has no end yet, if there is one.</summary>
    public void Flush(Action<long, string> emit)
    {
        if (_length > 0)
            Emit(emit);
    }

    private void Emit(Action<long, string> emit)
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');

        // A carriage return within a line goes back to its start: what follows is what stays on a terminal.
        line = line[(line.LastIndexOf((byte)'\r') + 1)..];
        _length = 0;
        emit(_since, Encoding.UTF8.GetString(line));
    }
}
