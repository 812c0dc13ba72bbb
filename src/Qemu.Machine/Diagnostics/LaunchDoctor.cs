namespace Qemu.Machine;

/// <summary>From the evidence of a failed launch to a diagnosis and a fix.</summary>
internal sealed class LaunchDoctor(HostFacts facts)
{
    /// <summary>A list that is not cached is waited for this long; the diagnosis stands without it.</summary>
    private static readonly TimeSpan s_listLimit = TimeSpan.FromSeconds(2);

    /// <summary>So many names can be read in an exception's message.</summary>
    private const int ReadableCount = 16;

    public static LaunchDoctor Instance { get; } = new(HostFacts.Shared);

    /// <summary>The diagnosis from the evidence alone; null when no rule knows the case.</summary>
    public static Diagnosis? Diagnose(LaunchEvidence evidence) => Examine(evidence) is (var rule, var finding) ? Conclude(rule, finding) : null;

    /// <summary>The diagnosis, with "did you mean" for a name that the program does not know. Takes 2 s at most, and no time where the program's lists are cached.</summary>
    public async Task<Diagnosis?> DiagnoseAsync(LaunchEvidence evidence, CancellationToken cancellationToken = default)
    {
        if (Examine(evidence) is not (var rule, var finding))
            return null;
        if (finding.Unknown is { } unknown && await ListsAsync(evidence, cancellationToken).ConfigureAwait(false) is { } lists)
            finding = finding with { Fix = Suggest(unknown, lists) + finding.Fix };
        return Conclude(rule, finding);
    }

    private static (LaunchRule Rule, Finding Finding)? Examine(LaunchEvidence evidence)
    {
        foreach (LaunchRule rule in LaunchRules.All)
        {
            if (rule.Examine(evidence) is { } finding)
                return (rule, finding);
        }

        return null;
    }

    private static Diagnosis Conclude(LaunchRule rule, Finding finding) => new(rule.Name, finding.Problem, finding.Fix, finding.IsCertain);

    private static string Suggest(UnknownName unknown, HostLists lists)
    {
        var offered = unknown.Offered(lists).ToList();
        if (NearestName.Find(unknown.Name, offered) is { } nearest)
            return $"Did you mean '{nearest}'? ";
        return offered.Count is > 0 and <= ReadableCount ? $"This QEMU has {string.Join(", ", offered)}. " : "";
    }

    private async Task<HostLists?> ListsAsync(LaunchEvidence evidence, CancellationToken cancellationToken)
    {
        try
        {
            return await facts.ListsAsync(HostTarget.Of(evidence.Spec), cancellationToken)
                .WaitAsync(s_listLimit, evidence.Spec.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or QemuLaunchException)
        {
            return null;
        }
    }
}
