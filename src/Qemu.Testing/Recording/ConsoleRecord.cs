using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>How far a console's output was written down: as bytes into its file, as lines into the timeline.</summary>
/// <param name="console">The console.</param>
/// <param name="start">Where the test's part begins.</param>
/// <param name="mask">What the file may not show.</param>
/// <param name="streamLimit">Beyond this the file is completed only for a test that failed: a flood must not be written twice for every test.</param>
/// <param name="backlogLimit">Who is further behind the console than this with the lines goes on with the newest: the timeline would not keep the others, and the next look would be later still.</param>
/// <param name="completionLimit">What a failed test's file gets from the transcript at most: the newest.</param>
internal sealed class ConsoleRecord(
    QemuConsole console,
    ConsoleMark start,
    SecretMask mask,
    long streamLimit = 64L * 1024 * 1024,
    long backlogLimit = 4L * 1024 * 1024,
    long completionLimit = 1024L * 1024 * 1024) : IDisposable
{
    private const int ChunkSize = 64 * 1024;

    private readonly LineSplitter _lines = new();
    private readonly MaskedFile _file = new(mask);
    private long _inFile = start.Offset;
    private long _inLines = start.Offset;
    private long _skipped;

    /// <summary>Where the test's part begins.</summary>
    public ConsoleMark Start => start;

    public QemuConsole Console => console;

    /// <summary>The name of its file.</summary>
    public static string FileName(QemuConsole console, int consoles) =>
        consoles == 1 ? "console.log" : string.Create(CultureInfo.InvariantCulture, $"console{console.Number}.log");

    /// <summary>Writes down what came up to a mark.</summary>
    /// <param name="path">The file; it is made with its first byte.</param>
    /// <param name="end">Up to where.</param>
    /// <param name="timestamp">When that was printed.</param>
    /// <param name="emit">Takes the lines that this completes, each with its time.</param>
    public void WriteUpTo(string path, ConsoleMark end, long timestamp, Action<long, string> emit)
    {
        while (_inLines < end.Offset)
        {
            // Asked each time: it may print on while this writes.
            if (console.Mark.Offset - backlogLimit is var newest && newest > _inLines)
            {
                SkipTo(Math.Min(newest, end.Offset), path, emit);
                continue;
            }

            byte[] bytes = Read(_inLines, end.Offset);
            if (bytes.Length == 0)
                return;
            TellOfGap(timestamp, emit);
            if (_inFile >= _inLines && _inFile < _inLines + bytes.Length && _inFile - start.Offset < streamLimit)
                Append(path, bytes.AsSpan((int)(_inFile - _inLines)));
            _lines.Feed(bytes, timestamp, emit);
            _inLines += bytes.Length;
        }
    }

    /// <summary>Gives the line that has no end yet.</summary>
    public void FlushLine(Action<long, string> emit) => _lines.Flush(emit);

    /// <summary>Writes the rest of the test's part to the file, of a very long one the end, and closes it.</summary>
    public void CompleteFile(string path, ConsoleMark end)
    {
        long leftOut = end.Offset - _inFile - completionLimit;
        if (leftOut > 0)
        {
            Append(path, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[{leftOut} bytes are left out here]\n")));
            _inFile = end.Offset - completionLimit;
        }

        CopyUpTo(end.Offset, path);
        _file.Finish();
    }

    public void Dispose() => _file.Dispose();

    private void SkipTo(long offset, string path, Action<long, string> emit)
    {
        CopyUpTo(Math.Min(offset, start.Offset + streamLimit), path);
        _lines.Flush(emit);
        _skipped += offset - _inLines;
        _inLines = offset;
    }

    private void TellOfGap(long timestamp, Action<long, string> emit)
    {
        if (_skipped == 0)
            return;
        emit(timestamp, string.Create(CultureInfo.InvariantCulture, $"[{_skipped} bytes came faster than they could be written down]"));
        _skipped = 0;
    }

    private void CopyUpTo(long offset, string path)
    {
        while (_inFile < offset && Read(_inFile, offset) is { Length: > 0 } bytes)
            Append(path, bytes);
    }

    private byte[] Read(long from, long to) =>
        console.GetBytes(new ConsoleMark(from), new ConsoleMark(Math.Min(to, from + ChunkSize)), ChunkSize);

    private void Append(string path, ReadOnlySpan<byte> bytes)
    {
        _file.Append(path, bytes);
        _inFile += bytes.Length;
    }
}
