namespace Qemu.Qmp;

/// <summary>How an event queue is made.</summary>
public sealed record QmpEventQueueOptions
{
    /// <summary>The most unclaimed events that are kept; when one more comes, the oldest is lost and the loss is reported. At least 1; default 10 000.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>Names of the events to queue; null, the default, for all of them.</summary>
    public IReadOnlyCollection<string>? Names { get; init; }

    /// <summary>How long a wait without a time-out of its own lasts. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of the time-outs. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
