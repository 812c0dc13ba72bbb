namespace Qemu.Qmp;

/// <summary>
/// Hands every event to every subscriber's own queue. Thread-safe. Outlives sessions: a machine that is launched again keeps its hub,
/// and its subscribers go on receiving.
/// </summary>
public sealed class QmpEventHub
{
    private readonly object _gate = new();

    // Replaced, never changed, so that publishing needs no lock.
    private volatile QmpEventQueue[] _queues = [];
    private Exception? _ended;

    /// <summary>
    /// Subscribes: every event that is published after this returns reaches the queue, so nothing that a later command causes can be missed.
    /// Dispose the queue to unsubscribe.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity or the default time-out is out of range.</exception>
    public QmpEventQueue Subscribe(QmpEventQueueOptions? options = null)
    {
        QmpEventQueue queue = new(this, options ?? new QmpEventQueueOptions());
        lock (_gate)
        {
            if (_ended is not null)
                queue.End(_ended);

            _queues = [.. _queues, queue];
        }

        return queue;
    }

    /// <summary>Gives an event to every queue whose names include it. Never blocks and never throws for a slow subscriber.</summary>
    public void Publish(QmpEvent qmpEvent)
    {
        ArgumentNullException.ThrowIfNull(qmpEvent);
        foreach (QmpEventQueue queue in _queues)
            queue.Offer(qmpEvent);
    }

    /// <summary>A session starts: waits no longer throw at once.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _ended = null;
            foreach (QmpEventQueue queue in _queues)
                queue.Begin();
        }
    }

    /// <summary>
    /// The session ended: every wait under way throws <paramref name="cause"/>, and so does, until <see cref="Begin"/>, every wait that finds nothing
    /// in its backlog. Events already queued can still be taken. A <see cref="QmpDisconnectedException"/> is thrown as a copy that names what was awaited,
    /// anything else as it is.
    /// </summary>
    public void End(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        lock (_gate)
        {
            _ended = cause;
            foreach (QmpEventQueue queue in _queues)
                queue.End(cause);
        }
    }

    internal void Remove(QmpEventQueue queue)
    {
        lock (_gate)
            _queues = Array.FindAll(_queues, other => other != queue);
    }
}
