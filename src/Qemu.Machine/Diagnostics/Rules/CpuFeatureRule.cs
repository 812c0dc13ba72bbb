namespace Qemu.Machine;

/// <summary>CPU features that were demanded and that the host or the accelerator does not have.</summary>
internal sealed class CpuFeatureRule() : OutputRule("Host doesn't support requested features", "host doesn't support requested feature", "TCG doesn't support requested feature")
{
    public override string Name => "cpu-feature";

    protected override bool ReadsRemarks => true;

    // The same words without "enforce" are a warning only, and something else ended QEMU.
    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        evidence.Options.LastOrDefault(option => option.Name == "-cpu") is { } cpu && cpu.Value.Contains("enforce", StringComparison.Ordinal)
            ? new Finding($"The CPU '{cpu.Value}' has features that this host and accelerator cannot give it.", "Choose an older model, take the feature out (-name), or leave 'enforce' out.")
            : null;
}
