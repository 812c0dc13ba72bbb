using System.Globalization;

namespace Qemu.Qmp;

/// <summary>
/// An event queue was full and lost its oldest events. Thrown once, by the next call that takes or awaits an event;
/// after that the queue goes on with the events it kept.
/// </summary>
public sealed class QmpEventOverflowException : QmpException
{
    /// <summary>Describes the loss of <paramref name="lostCount"/> events from a queue of <paramref name="capacity"/>.</summary>
    public QmpEventOverflowException(long lostCount, int capacity)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The event queue was full (capacity {capacity}) and lost its {lostCount} oldest events. Take events more often, subscribe to fewer names, or raise {nameof(QmpEventQueueOptions)}.{nameof(QmpEventQueueOptions.Capacity)}."))
    {
        LostCount = lostCount;
        Capacity = capacity;
    }

    /// <summary>How many events were lost since the queue was made or since the loss was last reported.</summary>
    public long LostCount { get; }

    /// <summary>The most events that the queue keeps.</summary>
    public int Capacity { get; }
}
