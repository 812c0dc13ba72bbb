using System.Collections.Immutable;

namespace Qemu.Machine;

/// <summary>What a QEMU program says it offers. Lists that it could not be asked for are empty, and a problem says why.</summary>
internal sealed record HostLists
{
    public Version? Version { get; init; }

    public string Package { get; init; } = "";

    public string Architecture { get; init; } = "";

    public ImmutableArray<QemuMachineType> MachineTypes { get; init; } = [];

    public ImmutableArray<string> Devices { get; init; } = [];

    public ImmutableArray<string> CpuModels { get; init; } = [];

    public ImmutableArray<string> Accelerators { get; init; } = [];

    public ImmutableArray<string> NetdevTypes { get; init; } = [];

    public ImmutableArray<string> Displays { get; init; } = [];

    public ImmutableArray<string> Problems { get; init; } = [];
}
