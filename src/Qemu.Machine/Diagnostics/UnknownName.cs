namespace Qemu.Machine;

/// <summary>A name in the command line that this QEMU does not know.</summary>
/// <param name="Kind">What it should have been a name of.</param>
/// <param name="Name">The name.</param>
internal sealed record UnknownName(NameKind Kind, string Name)
{
    /// <summary>The names that a program really offers.</summary>
    public IEnumerable<string> Offered(HostLists lists) => Kind switch
    {
        NameKind.MachineType => lists.MachineTypes.SelectMany(type => type.Alias is { } alias ? new[] { alias, type.Name } : [type.Name]),
        NameKind.Device => lists.Devices.Where(device => !device.EndsWith("-cpu", StringComparison.Ordinal)),
        NameKind.Cpu => lists.CpuModels,
        NameKind.Netdev => lists.NetdevTypes,
        NameKind.Display => lists.Displays,
        _ => lists.Accelerators,
    };
}
