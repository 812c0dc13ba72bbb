using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A machine was asked for something its specification does not have or cannot have. Nothing happened; the message names what to change.</summary>
public sealed class QemuConfigurationException : QemuException
{
    /// <summary>Creates it.</summary>
    public QemuConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
