using System.Globalization;

namespace Qemu.Testing;

/// <summary>
/// A file of lines that is bounded at both ends: its first part is kept, and of the rest the newest, in two files that take
/// turns until <see cref="Complete"/> joins them.
/// </summary>
internal sealed class TimelineFile : IDisposable
{
    private readonly string _path;
    private readonly long _headLimit;
    private readonly long _tailLimit;
    private readonly long[] _tailLines = new long[2];
    private FileStream? _file;
    private long _length;
    private int _tail = -1;
    private long _leftOut;

    public TimelineFile(string path, long headLimit = 16 * 1024 * 1024, long tailLimit = 8 * 1024 * 1024)
    {
        _path = path;
        _headLimit = headLimit;
        _tailLimit = tailLimit;
    }

    /// <summary>Appends lines, each with its line end, in one write.</summary>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty)
            return;
        if (_file is null)
            _file = Open(_path);
        else if (_length > (_tail < 0 ? _headLimit : _tailLimit))
            Turn();
        _file.Write(lines);
        _length += lines.Length;
        if (_tail >= 0)
            _tailLines[_tail % 2] += lines.Count((byte)'\n');
    }

    /// <summary>Makes one file of it.</summary>
    /// <param name="gap">Makes the line that stands for so many that were left out.</param>
    public void Complete(Func<long, byte[]> gap)
    {
        Dispose();
        if (_tail < 0)
            return;
        using (var whole = new FileStream(_path, FileMode.Append, FileAccess.Write))
        {
            if (_leftOut > 0)
                whole.Write(gap(_leftOut));
            foreach (int tail in _tail == 0 ? (int[])[0] : [_tail - 1, _tail])
            {
                using FileStream part = File.OpenRead(TailPath(tail));
                part.CopyTo(whole);
            }
        }

        File.Delete(TailPath(0));
        File.Delete(TailPath(1));
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Turn()
    {
        _tail++;
        _leftOut += _tailLines[_tail % 2];
        _tailLines[_tail % 2] = 0;
        _file!.Dispose();
        _file = Open(TailPath(_tail));
        _length = 0;
    }

    private string TailPath(int tail) =>
        Path.ChangeExtension(_path, string.Create(CultureInfo.InvariantCulture, $"tail{tail % 2}{Path.GetExtension(_path)}"));

    private static FileStream Open(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
