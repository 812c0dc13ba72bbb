namespace Qemu.Testing;

/// <summary>What came out of checking a requirement.</summary>
public sealed record RequirementResult
{
    private RequirementResult(RequirementOutcome outcome, string reason)
    {
        Outcome = outcome;
        Reason = reason;
    }

    /// <summary>The host has it.</summary>
    public static RequirementResult Met { get; } = new(RequirementOutcome.Met, "");

    /// <summary>Whether it is met.</summary>
    public RequirementOutcome Outcome { get; }

    /// <summary>Why not, for people; empty when it is met.</summary>
    public string Reason { get; }

    /// <summary>The host lacks it.</summary>
    /// <param name="reason">Why, and perhaps what to install, to stand after "needs accelerator kvm: ".</param>
    public static RequirementResult Unmet(string reason) => new(RequirementOutcome.Unmet, reason);

    /// <summary>It could not be found out.</summary>
    /// <param name="reason">What broke.</param>
    public static RequirementResult Unknown(string reason) => new(RequirementOutcome.Unknown, reason);
}
