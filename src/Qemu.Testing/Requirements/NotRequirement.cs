namespace Qemu.Testing;

/// <summary>The absence of something.</summary>
internal sealed class NotRequirement(IQemuRequirement requirement) : IQemuRequirement
{
    public string Name => $"no {requirement.Name}";

    public IEnumerable<string> Keywords => requirement.Keywords;

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        RequirementResult result = await requirement.CheckAsync(context, cancellationToken).ConfigureAwait(false);
        return result.Outcome switch
        {
            RequirementOutcome.Met => RequirementResult.Unmet("this host has it"),
            RequirementOutcome.Unmet => RequirementResult.Met,
            _ => result,
        };
    }
}
