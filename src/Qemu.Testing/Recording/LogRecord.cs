using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>How far QEMU's log was written down. Each launch has a log of its own; they follow each other in one file.</summary>
internal sealed class LogRecord(SecretMask mask) : IDisposable
{
    private readonly LineSplitter _lines = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly MaskedFile _file = new(mask);
    private QemuLog? _log;
    private long _offset;

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
        while (_log!.Read(ref _offset, _buffer) is > 0 and var count)
        {
            _file.Append(path, _buffer.AsSpan(0, count));
            _lines.Feed(_buffer.AsSpan(0, count), timestamp, emit);
            _offset += count;
        }
    }
}
