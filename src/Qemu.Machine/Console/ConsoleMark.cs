namespace Qemu.Machine;

/// <summary>A place in a console's output, over all launches of the machine.</summary>
/// <param name="Offset">How many raw bytes came before it.</param>
public readonly record struct ConsoleMark(long Offset)
{
    /// <summary>The console's first byte.</summary>
    public static ConsoleMark Start => default;
}
