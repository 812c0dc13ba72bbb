using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>How far QEMU's log was written down. Each launch has a log of its own; they follow each other in one file.</summary>
/// <param name="mask">What the file may not show.</param>
/// <param name="fileLimit">The file takes no more than this, and 64 KiB.</param>
/// <param name="backlogLimit">Who is further behind than this goes on with the newest, as with a console.</param>
internal sealed class LogRecord(SecretMask mask, long fileLimit = 64L * 1024 * 1024, long backlogLimit = 4L * 1024 * 1024) : IDisposable
{
    private readonly LineSplitter _lines = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly MaskedFile _file = new(mask);
    private QemuLog? _log;
    private long _offset;
    private long _inFile;

    /// <summary>Writes down what is new.</summary>
    /// <param name="current">The log of the latest launch.</param>
    /// <param name="path">The file; it is made with its first byte.</param>
    /// <param name="timestamp">Now.</param>
    /// <param name="emit">Takes the lines that this completes.</param>
    public void WriteNew(QemuLog? current, string path, long timestamp, Action<long, string> emit)
    {
        if (_log is not null)
            Read(path, timestamp, emit);
        if (ReferenceEquals(current, _log) || current is null)
            return;
        _lines.Flush(emit);
        (_log, _offset) = (current, 0);
        Read(path, timestamp, emit);
    }

    public void FlushLine(Action<long, string> emit) => _lines.Flush(emit);

    /// <summary>Makes the file whole and closes it.</summary>
    public void CompleteFile() => _file.Finish();

    public void Dispose() => _file.Dispose();

    private void Read(string path, long timestamp, Action<long, string> emit)
    {
        // Up to its present length only: a QEMU that writes faster than this reads would never let it finish.
        long end = _log!.Length;
        if (end - _offset > backlogLimit)
            SkipTo(end - backlogLimit, path, timestamp, emit);
        while (_offset < end && _log.Read(ref _offset, _buffer) is > 0 and var count)
        {
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
            Append(path, bytes);
            _lines.Feed(bytes, timestamp, emit);
            _offset += count;
        }
    }

    private void SkipTo(long offset, string path, long timestamp, Action<long, string> emit)
    {
        string gap = string.Create(CultureInfo.InvariantCulture, $"[{offset - _offset} bytes came faster than they could be written down]");
        _lines.Flush(emit);
        emit(timestamp, gap);
        Append(path, Encoding.ASCII.GetBytes($"\n{gap}\n"));
        _offset = offset;
    }

    private void Append(string path, ReadOnlySpan<byte> bytes)
    {
        if (_inFile >= fileLimit)
            return;
        _file.Append(path, bytes);
        _inFile += bytes.Length;
    }
}
