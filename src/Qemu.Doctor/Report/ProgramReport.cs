using Qemu.Machine;

namespace Qemu.Doctor;

/// <summary>A QEMU program.</summary>
internal sealed record ProgramReport(
    string Name,
    string? Version,
    string Package,
    string Architecture,
    IReadOnlyList<AcceleratorReport> Accelerators,
    IReadOnlyList<string> MachineTypes,
    IReadOnlyList<string> Devices,
    IReadOnlyList<string> CpuModels,
    IReadOnlyList<string> NetdevTypes,
    IReadOnlyList<string> Displays,
    IReadOnlyList<string> Problems)
{
    public static ProgramReport Of(QemuHost host) => new(
        host.Binary,
        host.Version?.ToString(),
        host.Package,
        host.Architecture,
        [.. host.Accelerators.Select(accelerator => new AcceleratorReport(accelerator.Name, State(accelerator.State), accelerator.Reason))],
        [.. host.MachineTypes.Select(type => type.Alias ?? type.Name).Order(StringComparer.Ordinal)],
        [.. host.Devices.Order(StringComparer.Ordinal)],
        [.. host.CpuModels.Order(StringComparer.Ordinal)],
        host.NetdevTypes,
        host.Displays,
        host.Problems);

    private static string State(AcceleratorState state) => state switch
    {
        AcceleratorState.Proven => "proven",
        AcceleratorState.Unproven => "unproven",
        _ => "unusable",
    };
}
