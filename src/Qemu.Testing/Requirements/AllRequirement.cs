namespace Qemu.Testing;

/// <summary>Every one of several.</summary>
internal sealed class AllRequirement(IReadOnlyList<IQemuRequirement> requirements) : IQemuRequirement
{
    public string Name => string.Join(" and ", requirements.Select(requirement => requirement.Name));

    public IEnumerable<string> Keywords => requirements.SelectMany(requirement => requirement.Keywords);

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        foreach (IQemuRequirement requirement in requirements)
        {
            RequirementResult result = await requirement.CheckAsync(context, cancellationToken).ConfigureAwait(false);
            if (result.Outcome == RequirementOutcome.Unmet)
                return RequirementResult.Unmet($"no {requirement.Name} ({result.Reason})");
            if (result.Outcome == RequirementOutcome.Unknown)
                return result;
        }

        return RequirementResult.Met;
    }
}
