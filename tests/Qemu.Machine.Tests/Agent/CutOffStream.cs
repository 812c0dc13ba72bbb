namespace Tests.Qemu.Machine.Agent;

/// <summary>A stream on which a write ends half-way, as one does that is cancelled while the other side takes nothing.</summary>
internal sealed class CutOffStream(Stream inner) : AsynchronousStream
{
    public bool CutsOff { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(CutsOff ? buffer[..(buffer.Length / 2)] : buffer, cancellationToken);
        if (CutsOff)
            throw new OperationCanceledException();
    }
}
