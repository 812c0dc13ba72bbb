namespace Qemu.Qmp;

/// <summary>Root of everything that Qemu.Qmp, Qemu.Machine and Qemu.Testing throw on purpose; misuse of an API stays an <see cref="ArgumentException"/> or <see cref="InvalidOperationException"/>.</summary>
public abstract class QemuException : Exception
{
    /// <summary>Creates the exception with what failed, the evidence and the next step.</summary>
    protected QemuException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
