namespace Qemu.Machine;

/// <summary>What a rule found.</summary>
/// <param name="Problem">What is wrong, in a sentence.</param>
/// <param name="Fix">What to do.</param>
internal sealed record Finding(string Problem, string Fix)
{
    /// <summary>Whether the evidence allows nothing else.</summary>
    public bool IsCertain { get; init; } = true;

    /// <summary>A name that the binary does not know, for which the right one may be close; asking the binary is left to the doctor, who bounds it.</summary>
    public UnknownName? Unknown { get; init; }
}
