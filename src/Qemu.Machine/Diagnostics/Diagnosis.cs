namespace Qemu.Machine;

/// <summary>Why a launch failed, and what to do about it. QEMU's own words stand beside it, never replaced by it.</summary>
/// <param name="Rule">The name of the rule that found it, such as <c>device-unknown</c>; stable, for filters and searches.</param>
/// <param name="Problem">What is wrong, in a sentence.</param>
/// <param name="Fix">What to do, in a sentence or more.</param>
/// <param name="IsCertain">Whether the evidence allows nothing else; if not, the text says "perhaps".</param>
public sealed record Diagnosis(string Rule, string Problem, string Fix, bool IsCertain)
{
    /// <summary>Problem and fix, a line each.</summary>
    public override string ToString() =>
        $"{(IsCertain ? "Diagnosis: " : "Perhaps: ")}{Problem}{Environment.NewLine}Fix: {Fix}";
}
