using System.Buffers;

namespace Qemu.Qmp;

// Cuts a byte stream into lines. Lines are handed out as views of one buffer, valid until GetFreeSpace is called. Small
// buffers come from the pool and go back to it; the pool would keep a large one for the rest of the process's life.
internal sealed class LineBuffer(int maximumLineLength) : IDisposable
{
    private const int InitialSize = 16 * 1024;
    private const int LargeSize = 1024 * 1024;

    private byte[] _buffer = Rent(InitialSize);
    private int _start;     // first byte not yet handed out
    private int _scanned;   // no line end before here
    private int _end;       // end of what was received

    // What came after the last complete line.
    public ReadOnlySpan<byte> Partial => _buffer.AsSpan(_start, _end - _start);

    public Memory<byte> GetFreeSpace()
    {
        int kept = _end - _start;
        if (kept == 0 && _buffer.Length > LargeSize)
            Replace(InitialSize, kept);
        else if (_end == _buffer.Length && kept > _buffer.Length / 2)
            Replace(checked(_buffer.Length * 2), kept);
        else if (_end == _buffer.Length || kept == 0)
            MoveToFront(_buffer, kept);

        return _buffer.AsMemory(_end);
    }

    public void Commit(int received) => _end += received;

    public bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        int length = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
        if (length < 0)
        {
            _scanned = _end;
            ThrowIfTooLong(Partial);
            line = default;
            return false;
        }

        length += _scanned - _start;
        line = _buffer.AsSpan(_start, length);
        _start = _scanned = _start + length + 1;
        ThrowIfTooLong(line);
        if (line is [.., (byte)'\r'])
            line = line[..^1];

        return true;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _scanned = _end = 0;
        Return(buffer);
    }

    private void Replace(int size, int kept)
    {
        byte[] old = _buffer;
        MoveToFront(Rent(size), kept);
        Return(old);
    }

    private static byte[] Rent(int size) => size <= LargeSize ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargeSize)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private void MoveToFront(byte[] target, int kept)
    {
        _buffer.AsSpan(_start, kept).CopyTo(target);
        _buffer = target;
        _scanned -= _start;
        _start = 0;
        _end = kept;
    }

    private void ThrowIfTooLong(ReadOnlySpan<byte> line)
    {
        if (line.Length > maximumLineLength)
            throw new QmpProtocolException($"a line is longer than {maximumLineLength} bytes", Excerpt.Of(line));
    }
}
