namespace Qemu.Machine;

/// <summary>The kinds of names that a QEMU program can list.</summary>
internal enum NameKind
{
    MachineType,
    Device,
    Cpu,
    Netdev,
    Display,
    Accelerator,
}
