namespace Qemu.Testing;

/// <summary>At least one of several.</summary>
internal sealed class AnyRequirement(IReadOnlyList<IQemuRequirement> requirements) : IQemuRequirement
{
    public string Name => string.Join(" or ", requirements.Select(requirement => requirement.Name));

    public IEnumerable<string> Keywords => requirements.SelectMany(requirement => requirement.Keywords);

    public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        RequirementResult? unknown = null;
        foreach (IQemuRequirement requirement in requirements)
        {
            RequirementResult result = await requirement.CheckAsync(context, cancellationToken).ConfigureAwait(false);
            if (result.Outcome == RequirementOutcome.Met)
                return result;
            if (result.Outcome == RequirementOutcome.Unknown)
                unknown ??= result;
            reasons.Add($"no {requirement.Name} ({result.Reason})");
        }

        return unknown ?? RequirementResult.Unmet(string.Join(", ", reasons));
    }
}
