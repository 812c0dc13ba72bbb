namespace Qemu.Testing;

/// <summary>What a test asks of its host, as its attribute states it; null for what it does not ask for.</summary>
/// <param name="Binary">The QEMU program; null: the one for the host's architecture.</param>
/// <param name="Accelerator">An accelerator a guest really runs under.</param>
/// <param name="Device">A device model the program has.</param>
/// <param name="MachineType">A machine type the program has.</param>
/// <param name="MinimumVersion">The lowest version of QEMU.</param>
/// <param name="Requires">A type that says more.</param>
internal sealed record HostRequirements(
    string? Binary = null,
    string? Accelerator = null,
    string? Device = null,
    string? MachineType = null,
    string? MinimumVersion = null,
    Type? Requires = null);
