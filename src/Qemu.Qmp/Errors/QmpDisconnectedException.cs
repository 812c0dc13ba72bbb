namespace Qemu.Qmp;

/// <summary>
/// The QMP session is over. Every pending command and event wait gets one of these when the session ends, and every later call gets one too,
/// all with the same <see cref="Reason"/> and <see cref="Cause"/>: whatever ended the session first.
/// </summary>
public sealed class QmpDisconnectedException : QmpException
{
    /// <summary>Describes the end of a session.</summary>
    /// <param name="reason">What ended it.</param>
    /// <param name="description">What ended it in words, as a sentence without its full stop.</param>
    /// <param name="cause">The first cause, where an exception stands for it.</param>
    /// <param name="quitSent">Whether <c>quit</c> had been sent over this session.</param>
    public QmpDisconnectedException(QmpDisconnectReason reason, string description, Exception? cause = null, bool quitSent = false)
        : this(reason, description, cause, quitSent, awaited: null)
    {
    }

    private QmpDisconnectedException(QmpDisconnectReason reason, string description, Exception? cause, bool quitSent, string? awaited)
        : base(Compose(description, quitSent, awaited), cause)
    {
        Reason = reason;
        Description = description;
        QuitSent = quitSent;
        Awaited = awaited;
    }

    /// <summary>What ended the session.</summary>
    public QmpDisconnectReason Reason { get; }

    /// <summary>What ended the session, in words; the same for everyone who hears of this end.</summary>
    public string Description { get; }

    /// <summary>The first cause of the end, the same as <see cref="Exception.InnerException"/>; null when the peer just closed the connection.</summary>
    public Exception? Cause => InnerException;

    /// <summary>Whether <c>quit</c> had been sent over this session before it ended.</summary>
    public bool QuitSent { get; }

    /// <summary>Whether this is the normal end of a session: the peer closed the connection after <c>quit</c> had been sent.</summary>
    public bool IsExpected => QuitSent && Reason == QmpDisconnectReason.PeerClosed;

    /// <summary>What this waiter was waiting for, as a noun phrase; null on <see cref="QmpClient.Disconnected"/>.</summary>
    public string? Awaited { get; }

    // One instance thrown from several tasks would gather all their stack traces: each waiter gets its own.
    internal QmpDisconnectedException WhileAwaiting(string awaited) => new(Reason, Description, Cause, QuitSent, awaited);

    private static string Compose(string description, bool quitSent, string? awaited) =>
        (awaited is null ? "The QMP session is over: " : $"The QMP session ended before {awaited} came: ")
        + description
        + (quitSent ? " (after 'quit' was sent)." : ".");
}
