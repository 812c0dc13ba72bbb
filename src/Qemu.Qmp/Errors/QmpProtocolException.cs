namespace Qemu.Qmp;

/// <summary>
/// The peer sent something that is not QMP, so nothing that it says can be trusted any more and the session is over.
/// Thrown by <see cref="QmpClient.ConnectAsync"/>; on a running session it is the <see cref="QmpDisconnectedException.Cause"/>.
/// </summary>
public sealed class QmpProtocolException : QmpException
{
    /// <summary>Describes what is wrong with what was received.</summary>
    /// <param name="problem">What is wrong, as a sentence without its full stop.</param>
    /// <param name="received">The offending data, escaped and bounded; empty when nothing came.</param>
    /// <param name="innerException">The parser's exception, where there is one.</param>
    public QmpProtocolException(string problem, string received, Exception? innerException = null)
        : base($"The peer does not speak QMP: {problem}. Received: {received}", innerException)
    {
        Received = received;
    }

    /// <summary>The offending data: printable ASCII as it is, everything else escaped, cut after some 256 bytes.</summary>
    public string Received { get; }
}
