namespace Qemu.Machine;

/// <summary>How a directory of the host is shared with the guest.</summary>
public enum SharedDirectoryKind
{
    /// <summary>9p over virtio, which QEMU serves itself. The guest needs Linux's modules <c>9p</c> and <c>9pnet_virtio</c>; Debian's cloud kernel has none.</summary>
    NineP,

    /// <summary>virtiofs, which a program beside QEMU serves, <c>virtiofsd</c>: part of Debian 12's QEMU, a package of its own since. The guest needs Linux's module <c>virtiofs</c>.</summary>
    VirtioFs,
}
