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
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private string? _final;

    public QemuLog(string path)
    {
        Path = path;
        File.Delete(path);
        _stream = PrivateFile.Create(path, FileShare.ReadWrite | FileShare.Delete);
        _file = _stream.SafeFileHandle;
    }

    public string Path { get; }

    /// <summary>What QEMU's side of the launch writes to: one open file for stdout and stderr, so that they share its position.</summary>
    public SafeFileHandle OpenForChild() => DescriptorPair.Duplicate(_file);

    /// <summary>All that was written so far. Bytes that are not UTF-8 read as U+FFFD.</summary>
    public string Read()
    {
        lock (_gate)
            return _final ?? ReadFile();
    }

    /// <summary>Keeps the text and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _final ??= ReadFile();
            _stream.Dispose();
        }
    }

    private string ReadFile()
    {
        long length = RandomAccess.GetLength(_file);
        long start = Math.Max(0, length - MaximumLength);
        byte[] bytes = new byte[length - start];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(_file, bytes.AsSpan(read), start + read) is > 0 and var count)
            read += count;
        string text = Encoding.UTF8.GetString(bytes, 0, read);
        return start == 0
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"[the first {start} bytes were left out]\n{text}");
    }
}
