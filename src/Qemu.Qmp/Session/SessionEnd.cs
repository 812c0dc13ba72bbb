namespace Qemu.Qmp;

// Words for the ways in which a session ends.
internal static class SessionEnd
{
    public static QmpDisconnectedException PeerClosed(ReadOnlySpan<byte> partial, Exception? cause, bool quitSent)
    {
        string description = partial.IsEmpty || QmpMessage.IsBlank(partial)
            ? "the peer closed the connection"
            : $"the peer closed the connection in the middle of a line: {Excerpt.Of(partial)}";
        return new QmpDisconnectedException(QmpDisconnectReason.PeerClosed, description, cause, quitSent);
    }

    // For an exception that came out of reading, parsing or writing.
    public static QmpDisconnectedException From(Exception error, ReadOnlySpan<byte> partial, bool quitSent) => error switch
    {
        QmpDisconnectedException known => known,
        QmpProtocolException => new QmpDisconnectedException(QmpDisconnectReason.ProtocolViolation, WithoutFullStop(error), error, quitSent),
        QmpException or OperationCanceledException => Aborted(error, quitSent),
        _ when NativeSocketError.MeansPeerClosed(error) => PeerClosed(partial, error, quitSent),
        _ => new QmpDisconnectedException(QmpDisconnectReason.TransportFailed, $"the connection failed: {WithoutFullStop(error)}", error, quitSent),
    };

    public static QmpDisconnectedException Aborted(Exception cause, bool quitSent) =>
        new(QmpDisconnectReason.Aborted, WithoutFullStop(cause), cause, quitSent);

    public static QmpDisconnectedException Closed(bool quitSent) =>
        new(QmpDisconnectReason.Closed, "the client was disposed", quitSent: quitSent);

    private static string WithoutFullStop(Exception error) => error.Message.TrimEnd('.', ' ', '\n');
}
