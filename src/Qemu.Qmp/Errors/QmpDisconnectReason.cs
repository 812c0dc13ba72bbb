namespace Qemu.Qmp;

/// <summary>What ended a QMP session.</summary>
public enum QmpDisconnectReason
{
    /// <summary>The peer closed the connection: end of stream, broken pipe or connection reset. The normal end after <c>quit</c>.</summary>
    PeerClosed,

    /// <summary>Reading or writing failed in another way; the cause is the I/O exception.</summary>
    TransportFailed,

    /// <summary>The peer sent something that is not QMP; the cause is a <see cref="QmpProtocolException"/>.</summary>
    ProtocolViolation,

    /// <summary><see cref="QmpClient.Abort(Exception)"/> was called; the cause is what it was given, such as the exit of the process.</summary>
    Aborted,

    /// <summary>The client was disposed, or the channel is not connected.</summary>
    Closed,
}
