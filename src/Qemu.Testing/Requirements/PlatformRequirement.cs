namespace Qemu.Testing;

/// <summary>An operating system on which machines can be launched.</summary>
internal sealed class PlatformRequirement : IQemuRequirement
{
    public string Name => "Linux";

    public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(
        OperatingSystem.IsLinux() ? RequirementResult.Met : RequirementResult.Unmet("machines are launched there only, for now"));
}
