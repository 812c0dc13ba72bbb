namespace Qemu.Machine;

/// <summary>The two kinds of device nodes that mknod(2) knows.</summary>
public enum DeviceNodeType
{
    /// <summary>Unbuffered, such as <c>/dev/console</c> (5, 1) or <c>/dev/null</c> (1, 3).</summary>
    Character,

    /// <summary>Buffered storage, such as <c>/dev/vda</c>.</summary>
    Block,
}
