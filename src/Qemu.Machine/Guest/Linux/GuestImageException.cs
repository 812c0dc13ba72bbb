using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// A guest's kernel or initramfs could not be found, fetched or built. No machine is affected, and no half-made file is left under the name asked for:
/// once the cause is removed, the same call can be made again.
/// </summary>
public sealed class GuestImageException : QemuException
{
    internal GuestImageException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The host command that failed, quoted for a shell; null when no command was involved.</summary>
    public string? Command { get; internal init; }

    /// <summary>What that command wrote to its standard output and error, whole; the message holds the last lines.</summary>
    public string? CommandOutput { get; internal init; }
}
