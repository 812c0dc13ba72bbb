namespace Tests.Qemu.Machine.Console;

/// <summary>A stream that is closed between being looked at and being written to. Reading from it waits until it is disposed of.</summary>
internal sealed class ClosedStream : AsynchronousStream
{
    private readonly TaskCompletionSource<int> _end = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await _end.Task;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromException(new ObjectDisposedException(nameof(ClosedStream)));

    protected override void Dispose(bool disposing)
    {
        _end.TrySetResult(0);
        base.Dispose(disposing);
    }
}
