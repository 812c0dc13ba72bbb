namespace Qemu.Machine;

/// <summary>A machine type that a QEMU program offers.</summary>
/// <param name="Name">Its name, such as <c>pc-q35-7.2</c>.</param>
/// <param name="Alias">A shorter name for the same, such as <c>q35</c>; null when it has none.</param>
/// <param name="IsDefault">Whether it is the one that a command line without a machine type gets.</param>
/// <param name="IsDeprecated">Whether QEMU announces its removal.</param>
public sealed record QemuMachineType(string Name, string? Alias, bool IsDefault, bool IsDeprecated);
