using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>The file that QEMU's stdout and stderr go to; readable while QEMU runs and after the file is gone.</summary>
internal sealed class QemuLog : IDisposable
{
    /// <summary>Of a longer log the end is kept.</summary>
    private const int MaximumLength = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly bool _stays;
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private byte[]? _kept;
    private long _keptFrom;

    /// <param name="path">Where it goes.</param>
    /// <param name="stays">Whether the file is there even when this is disposed of.</param>
    public QemuLog(string path, bool stays = true)
    {
        _stays = stays;
        Path = path;
        File.Delete(path);
        _stream = PrivateFile.Create(path, FileShare.ReadWrite | FileShare.Delete);
        _file = _stream.SafeFileHandle;
    }

    public string Path { get; }

    /// <summary>How many bytes were written so far.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
                return _kept is null ? RandomAccess.GetLength(_file) : _keptFrom + _kept.Length;
        }
    }

    /// <summary>What QEMU's side of the launch writes to: one open file for stdout and stderr, so that they share its position.</summary>
    public SafeFileHandle OpenForChild() => DescriptorPair.Duplicate(_file);

    /// <summary>All that was written so far. Bytes that are not UTF-8 read as U+FFFD.</summary>
    public string Read()
    {
        lock (_gate)
        {
            byte[] bytes = _kept ?? ReadFile(out _keptFrom);
            string text = Encoding.UTF8.GetString(bytes);
            return _keptFrom == 0
                ? text
                : string.Create(CultureInfo.InvariantCulture, $"[the first {_keptFrom} bytes were left out]\n{text}");
        }
    }

    /// <summary>Reads bytes from an offset on, while QEMU runs and after; 0 when none are there yet. Moves the offset over what was not kept.</summary>
    public int Read(ref long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            if (_kept is null)
                return RandomAccess.Read(_file, buffer, offset);
            offset = Math.Max(offset, _keptFrom);
            ReadOnlySpan<byte> rest = _kept.AsSpan((int)Math.Min(offset - _keptFrom, _kept.Length));
            int count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return count;
        }
    }

    /// <summary>Keeps the text and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _kept ??= ReadFile(out _keptFrom);
            if (!_stays)
                _ = Libc.Remove(Path);
            _stream.Dispose();
        }
    }

    private byte[] ReadFile(out long start)
    {
        long length = RandomAccess.GetLength(_file);
        start = Math.Max(0, length - MaximumLength);
        byte[] bytes = new byte[length - start];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(_file, bytes.AsSpan(read), start + read) is > 0 and var count)
            read += count;
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
