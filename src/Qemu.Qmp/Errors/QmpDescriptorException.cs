namespace Qemu.Qmp;

/// <summary>
/// A file descriptor could not be sent: the transport cannot carry descriptors (TCP, a pipe, an in-memory stream), or the kernel refused this one.
/// Nothing was sent and the session stays usable.
/// </summary>
public sealed class QmpDescriptorException : QmpException
{
    /// <summary>Describes why the descriptor could not be sent.</summary>
    public QmpDescriptorException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
