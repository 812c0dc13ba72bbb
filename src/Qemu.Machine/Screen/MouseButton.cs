namespace Qemu.Machine;

/// <summary>A button of the mouse.</summary>
public enum MouseButton
{
    /// <summary>The left one.</summary>
    Left,

    /// <summary>The middle one.</summary>
    Middle,

    /// <summary>The right one.</summary>
    Right,
}
