using System.Globalization;

namespace Qemu.Qmp;

/// <summary>
/// A reply or an event did not come in time. The session stays usable: a reply that comes later is dropped,
/// an event that comes later is queued for the next wait.
/// </summary>
public sealed class QmpTimeoutException : QmpException
{
    /// <summary>Describes a wait that was given up.</summary>
    /// <param name="what">What was awaited, as a noun phrase: "the reply to 'query-status'".</param>
    /// <param name="timeout">How long was waited.</param>
    /// <param name="lastSeen">The last that was seen from QEMU meanwhile, or null when nothing was.</param>
    public QmpTimeoutException(string what, TimeSpan timeout, string? lastSeen)
        : base(string.Create(CultureInfo.InvariantCulture, $"Waited {timeout.TotalSeconds:0.###} s in vain for {what}. Last seen: {lastSeen ?? "nothing"}."))
    {
        What = what;
        Timeout = timeout;
        LastSeen = lastSeen;
    }

    /// <summary>What was awaited, as a noun phrase.</summary>
    public string What { get; }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The last that was seen from QEMU before the wait was given up; null when nothing was.</summary>
    public string? LastSeen { get; }
}
