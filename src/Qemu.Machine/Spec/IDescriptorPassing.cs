using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Takes descriptors along into the QEMU process, and companions beside it.</summary>
internal interface IDescriptorPassing
{
    /// <summary>Takes a copy of the descriptor along; returns its number in the child.</summary>
    int Pass(SafeHandle handle);

    /// <summary>Takes a program along that runs beside QEMU.</summary>
    /// <returns>How QEMU's chardev reaches it, as properties of a socket; null when it wants no channel.</returns>
    string? TakeAlong(CompanionOption companion);
}
