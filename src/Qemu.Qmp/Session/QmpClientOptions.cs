using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Qemu.Qmp;

/// <summary>How a session is made and run.</summary>
public sealed record QmpClientOptions
{
    /// <summary>Where the session logs: its start, its end with the cause, and replies that nobody waits for. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The clock of all time-outs. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The hub that gets the events; null, the default, for one of the session's own. A hub is told when the session starts and ends.</summary>
    public QmpEventHub? Events { get; init; }

    /// <summary>How long a command waits for its reply. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for ever. A command can have its own.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long to wait for the greeting and for the reply to <c>qmp_capabilities</c>, which QEMU sends once it has opened its devices and disks.
    /// Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for ever.
    /// </summary>
    public TimeSpan NegotiationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether to enable out-of-band commands. Default false: with them QEMU reads ahead of the command that it executes, and without them it need not be asked.
    /// A monitor that lacks them refuses, and connecting throws <see cref="QmpCommandException"/>. QEMU ≥ 2.12.
    /// </summary>
    public bool EnableOutOfBand { get; init; }

    /// <summary>The longest line in bytes that is accepted from the peer; a longer one ends the session. At least 1; default 64 MiB, which is QEMU's own limit.</summary>
    public int MaximumLineLength { get; init; } = 64 * 1024 * 1024;

    /// <summary>Sees every line of the session; null, the default, for none.</summary>
    public IQmpObserver? Observer { get; init; }

    internal static void Validate(QmpClientOptions options)
    {
        Durations.RequireTimeout(options.CommandTimeout, nameof(options));
        Durations.RequireTimeout(options.NegotiationTimeout, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumLineLength, 1, nameof(options));
    }
}
