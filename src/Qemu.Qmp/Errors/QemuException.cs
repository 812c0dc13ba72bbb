namespace Qemu.Qmp;

/// <summary>Root of every exception that this product throws on purpose, whichever of its assemblies throws it.</summary>
public abstract class QemuException : Exception
{
    /// <summary>Takes the message and, where there is one, the exception that led to this one.</summary>
    protected QemuException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
