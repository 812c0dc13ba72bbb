namespace Tests.Qemu.Machine;

/// <summary>A launch that must fail, and what the doctor must say of it.</summary>
/// <param name="Arguments">QEMU's arguments, one string; <c>{dir}</c> is the directory of the corpus' files, <c>{port}</c> a port that is taken.</param>
/// <param name="Rule">The name of the rule that must know the case; null when none may claim to.</param>
/// <param name="Says">Must be part of problem and fix.</param>
/// <param name="Newer">What holds for the newer QEMU instead; <see cref="Starts"/> when it starts there.</param>
public sealed record FailingLaunch(string Arguments, string? Rule, string Says = "", string? Newer = null)
{
    public const string Starts = "starts";

    public string? RuleFor(string version) => version == CorpusQemu.Newer && Newer is not null ? Newer : Rule;
}
