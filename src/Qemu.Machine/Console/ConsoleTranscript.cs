using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>
/// Every raw byte a console ever gave, over all launches: whole in a file without a name, the newest in memory too.
/// </summary>
/// <remarks>
/// One writer appends; readers pull at their own pace and never hold it up. When the disk is full the newest bytes
/// are still there, and readers are moved over the gap.
/// </remarks>
internal sealed class ConsoleTranscript(ILogger logger) : IDisposable
{
    private const int TailCapacity = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly byte[] _tail = new byte[TailCapacity];
    private SafeFileHandle? _file;
    private long _fileLength;
    private long _length;
    private TaskCompletionSource? _growth;

    /// <summary>How many bytes came so far.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Opens the file, once; it has no name from then on, so that nothing of it can be left behind.</summary>
    public void EnsureFile(string directory)
    {
        lock (_gate)
        {
            if (_file is not null)
                return;
            string path = Path.Combine(directory, Path.GetRandomFileName());
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            File.Delete(path);
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource? growth;
        lock (_gate)
        {
            AppendToFile(bytes);
            AppendToTail(bytes);
            _length += bytes.Length;
            (growth, _growth) = (_growth, null);
        }

        growth?.SetResult();
    }

    /// <summary>
    /// Reads bytes from <paramref name="offset"/> on; 0 when none are there yet. Where bytes were lost to a full disk,
    /// moves <paramref name="offset"/> to the first that is left.
    /// </summary>
    public int Read(ref long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            long tailStart = Math.Max(0, _length - TailCapacity);
            if (offset >= tailStart)
                return ReadTail(offset, buffer);
            if (offset < _fileLength && _file is { IsClosed: false })
            {
                int count = (int)Math.Min(buffer.Length, _fileLength - offset);
                return RandomAccess.Read(_file, buffer[..count], offset);
            }

            offset = tailStart;
            return ReadTail(offset, buffer);
        }
    }

    /// <summary>Completes when there is more than <paramref name="length"/> bytes.</summary>
    public Task WaitForMoreThanAsync(long length, CancellationToken cancellationToken)
    {
        Task growth;
        lock (_gate)
        {
            if (_length > length)
                return Task.CompletedTask;
            _growth ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            growth = _growth.Task;
        }

        return growth.WaitAsync(cancellationToken);
    }

    /// <summary>Closes the file; the newest bytes stay readable.</summary>
    public void Dispose()
    {
        lock (_gate)
            _file?.Dispose();
    }

    private void AppendToFile(ReadOnlySpan<byte> bytes)
    {
        if (_file is not { IsClosed: false } || _fileLength != _length)
            return;
        try
        {
            RandomAccess.Write(_file, bytes, _fileLength);
            _fileLength += bytes.Length;
        }
        catch (IOException error)
        {
            logger.LogWarning(error, "The console transcript stops at {Length} bytes; only the newest {Tail} are kept from now on", _length, TailCapacity);
        }
    }

    private void AppendToTail(ReadOnlySpan<byte> bytes)
    {
        long position = _length;
        if (bytes.Length > TailCapacity)
        {
            position += bytes.Length - TailCapacity;
            bytes = bytes[^TailCapacity..];
        }

        int index = (int)(position % TailCapacity);
        int first = Math.Min(bytes.Length, TailCapacity - index);
        bytes[..first].CopyTo(_tail.AsSpan(index));
        bytes[first..].CopyTo(_tail);
    }

    private int ReadTail(long offset, Span<byte> buffer)
    {
        int index = (int)(offset % TailCapacity);
        int count = (int)Math.Min(Math.Min(buffer.Length, _length - offset), TailCapacity - index);
        if (count <= 0)
            return 0;
        _tail.AsSpan(index, count).CopyTo(buffer);
        return count;
    }
}
