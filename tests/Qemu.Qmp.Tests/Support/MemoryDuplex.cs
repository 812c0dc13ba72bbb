using System.IO.Pipelines;

namespace Tests.Qmp;

/// <summary>One end of an in-memory connection. Disposing it is what the other end sees as the end of the stream.</summary>
internal sealed class MemoryDuplex : Stream
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;

    private MemoryDuplex(PipeReader input, PipeWriter output)
    {
        _input = input;
        _output = output;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Two connected ends. A write completes only while less than <paramref name="window"/> bytes are unread.</summary>
    public static (MemoryDuplex Client, MemoryDuplex Peer) CreatePair(int window = 1 << 20)
    {
        PipeOptions options = new(pauseWriterThreshold: window, resumeWriterThreshold: window / 2, useSynchronizationContext: false);
        Pipe toPeer = new(options);
        Pipe toClient = new(options);
        return (new MemoryDuplex(toClient.Reader, toPeer.Writer), new MemoryDuplex(toPeer.Reader, toClient.Writer));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _input.ReadAsync(cancellationToken);
        int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        System.Buffers.ReadOnlySequence<byte> taken = result.Buffer.Slice(0, count);
        int offset = 0;
        foreach (ReadOnlyMemory<byte> segment in taken)
        {
            segment.CopyTo(buffer[offset..]);
            offset += segment.Length;
        }

        _input.AdvanceTo(taken.End);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult result = await _output.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted)
            throw new IOException("Broken pipe", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.Shutdown));
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output.Complete();
            _input.CancelPendingRead();
            _input.Complete();
        }

        base.Dispose(disposing);
    }
}
