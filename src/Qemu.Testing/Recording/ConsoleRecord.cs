using System.Globalization;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>How far a console's output was written down: as bytes into its file, as lines into the timeline.</summary>
internal sealed class ConsoleRecord(QemuConsole console, ConsoleMark start, SecretMask mask) : IDisposable
{
    /// <summary>Beyond this the file is completed only for a test that failed: a flood must not be written twice for every test.</summary>
    private const long StreamLimit = 64 * 1024 * 1024;

    private const int ChunkSize = 64 * 1024;

    private readonly LineSplitter _lines = new();
    private readonly MaskedFile _file = new(mask);
    private long _inFile = start.Offset;
    private long _inLines = start.Offset;

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
            byte[] bytes = Read(_inLines, end.Offset);
            if (bytes.Length == 0)
                return;
            if (_inFile == _inLines && _inLines - start.Offset < StreamLimit)
                Append(path, bytes);
            _lines.Feed(bytes, timestamp, emit);
            _inLines += bytes.Length;
        }
    }

    /// <summary>Gives the line that has no end yet.</summary>
    public void FlushLine(Action<long, string> emit) => _lines.Flush(emit);

    /// <summary>Writes all of the test's part to the file, however long, and closes it.</summary>
    public void CompleteFile(string path, ConsoleMark end)
    {
        while (_inFile < end.Offset && Read(_inFile, end.Offset) is { Length: > 0 } bytes)
            Append(path, bytes);
        _file.Finish();
    }

    public void Dispose() => _file.Dispose();

    private byte[] Read(long from, long to) =>
        console.GetBytes(new ConsoleMark(from), new ConsoleMark(Math.Min(to, from + ChunkSize)), ChunkSize);

    private void Append(string path, byte[] bytes)
    {
        _file.Append(path, bytes);
        _inFile += bytes.Length;
    }
}
