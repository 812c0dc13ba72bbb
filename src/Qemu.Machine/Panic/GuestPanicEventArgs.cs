namespace Qemu.Machine;

/// <summary>A guest panicked.</summary>
/// <param name="panic">What happened.</param>
public sealed class GuestPanicEventArgs(GuestPanic panic) : EventArgs
{
    /// <summary>What happened.</summary>
    public GuestPanic Panic { get; } = panic;
}
