namespace Tests.Qmp;

/// <summary>Passes everything on to another stream; remembers its disposal, and fails or chops up reads and writes when told to.</summary>
internal sealed class TrackedStream(Stream inner) : Stream
{
    public bool IsDisposed { get; private set; }

    /// <summary>Thrown by writes from now on.</summary>
    public Exception? WriteError { get; set; }

    /// <summary>Thrown by the next read, after what the inner stream has given by then.</summary>
    public Exception? ReadError { get; set; }

    /// <summary>The most bytes that a read gives, asked anew for each.</summary>
    public Func<int> ReadLimit { get; set; } = () => int.MaxValue;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ReadError is { } error ? throw error : inner.ReadAsync(buffer[..Math.Min(buffer.Length, ReadLimit())], cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        WriteError is { } error ? throw error : inner.WriteAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        if (disposing)
            inner.Dispose();

        base.Dispose(disposing);
    }
}
