namespace Qemu.Qmp;

/// <summary>
/// Something went wrong on a QMP session. The derived type says how far the damage goes:
/// <see cref="QmpCommandException"/>, <see cref="QmpTimeoutException"/>, <see cref="QmpEventOverflowException"/> and
/// <see cref="QmpDescriptorException"/> leave the session usable;
/// after <see cref="QmpDisconnectedException"/> and <see cref="QmpProtocolException"/> it is over.
/// </summary>
public abstract class QmpException : QemuException
{
    /// <summary>Takes the message and, where there is one, the exception that led to this one.</summary>
    protected QmpException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
