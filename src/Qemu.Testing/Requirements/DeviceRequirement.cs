using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A device model of the program.</summary>
internal sealed class DeviceRequirement(string device) : IQemuRequirement
{
    public string Name => $"device {device}";

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        QemuHost host = await context.ProbeHostAsync(cancellationToken).ConfigureAwait(false);
        if (host.HasDevice(device))
            return RequirementResult.Met;
        return host.Devices.Count == 0
            ? RequirementResult.Unknown(HostProblem.Of(host))
            : RequirementResult.Unmet($"{host.Binary} {host.Version} has none of that name{HostProblem.Suggest(device, host.Devices)}");
    }
}
