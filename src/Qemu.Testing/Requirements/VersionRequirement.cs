using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A lowest version of QEMU.</summary>
internal sealed class VersionRequirement(Version minimum) : IQemuRequirement
{
    public string Name => $"QEMU {minimum}";

    public IEnumerable<string> Keywords => ["version"];

    /// <exception cref="QemuConfigurationException">It is no version.</exception>
    public static VersionRequirement Parse(string version) => new(
        Version.TryParse(version.Contains('.', StringComparison.Ordinal) ? version : version + ".0", out Version? parsed)
            ? parsed
            : throw new QemuConfigurationException($"MinimumVersion is \"{version}\": write a version of QEMU, such as \"7.0\"."));

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        QemuHost host = await context.ProbeHostAsync(cancellationToken).ConfigureAwait(false);
        if (host.Version is not { } version)
            return RequirementResult.Unknown(HostProblem.Of(host));
        return version >= minimum ? RequirementResult.Met : RequirementResult.Unmet($"{host.Binary} is version {version}");
    }
}
