using System.Buffers.Binary;

namespace Qemu.Machine;

/// <summary>Writes Ethernet frames to a file of the classic pcap format, with times in microseconds.</summary>
internal sealed class PcapWriter : IDisposable
{
    private const uint Magic = 0xA1B2C3D4;
    private const uint Ethernet = 1;
    private const int MaximumLength = 262_144;

    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private bool _disposed;

    public PcapWriter(string path)
    {
        Path = path;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], MaximumLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], Ethernet);
        _file.Write(header);
    }

    public string Path { get; }

    /// <summary>Adds a frame; false when the writer was disposed of.</summary>
    /// <exception cref="IOException">The file takes no more.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frame, DateTimeOffset time)
    {
        long microseconds = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Span<byte> header = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(microseconds / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(microseconds % 1_000_000));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], frame.Length);
        lock (_gate)
        {
            if (_disposed)
                return false;
            _file.Write(header);
            _file.Write(frame);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _file.Dispose();
        }
    }
}
