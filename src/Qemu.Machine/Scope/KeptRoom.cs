namespace Qemu.Machine;

/// <summary>The room of a machine that is kept for somebody: the keeper's share of the host until it is taken, then the taker's. Thread-safe.</summary>
internal sealed class KeptRoom(IDisposable? room) : IDisposable
{
    private readonly Lock _gate = new();
    private IDisposable? _room = room;
    private bool _disposed;

    /// <summary>Gives one share back for another; that one too when the machine has ended meanwhile.</summary>
    public void Replace(IDisposable? next)
    {
        IDisposable? before = next;
        lock (_gate)
        {
            if (!_disposed)
                (before, _room) = (_room, next);
        }

        before?.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _room?.Dispose();
    }
}
