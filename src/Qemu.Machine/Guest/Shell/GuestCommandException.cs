using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A command in the guest, run by a test that asked for its success or by this library for a purpose of its own, failed. Machine and shell stay usable.</summary>
public sealed class GuestCommandException : QemuException
{
    internal GuestCommandException(ShellResult result, string? purpose = null)
        : base(purpose is null ? result.ToString() : $"{purpose}: {result}")
    {
        Result = result;
    }

    /// <summary>Exit code and output.</summary>
    public ShellResult Result { get; }
}
