using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>An accelerator that a guest was proven to run on.</summary>
internal sealed class AcceleratorRequirement(string accelerator) : IQemuRequirement
{
    public string Name => $"accelerator {accelerator}";

    public IEnumerable<string> Keywords => ["accelerator", "accel", accelerator];

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        QemuHost host = await context.ProbeHostAsync(cancellationToken).ConfigureAwait(false);
        return host.Accelerator(accelerator) switch
        {
            { IsUsable: true } => RequirementResult.Met,
            { } unusable => RequirementResult.Unmet(unusable.Reason),
            null when host.Accelerators.Count == 0 => RequirementResult.Unknown(HostProblem.Of(host)),
            null => RequirementResult.Unmet($"{host.Binary} was built without it; it has {string.Join(", ", host.Accelerators.Select(offered => offered.Name))}"),
        };
    }
}
