using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A machine type of the program.</summary>
internal sealed class MachineTypeRequirement(string type) : IQemuRequirement
{
    public string Name => $"machine type {type}";

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        QemuHost host = await context.ProbeHostAsync(cancellationToken).ConfigureAwait(false);
        if (host.HasMachineType(type))
            return RequirementResult.Met;
        return host.MachineTypes.Count == 0
            ? RequirementResult.Unknown(HostProblem.Of(host))
            : RequirementResult.Unmet($"{host.Binary} {host.Version} has none of that name{HostProblem.Suggest(type, host.MachineTypes.Select(offered => offered.Alias ?? offered.Name))}");
    }
}
