namespace Qemu.Machine;

/// <summary>A wrapper that ended by itself, before or without QEMU.</summary>
internal sealed class WrapperFailedRule : LaunchRule
{
    public override string Name => "wrapper-failed";

    public override Finding? Examine(LaunchEvidence evidence)
    {
        if (!evidence.HasWrapper || evidence.Exit is not { ExitCode: { } code })
            return null;
        string wrapper = string.Join(' ', evidence.Spec.Wrapper);
        if (code is >= 125 and <= 127)
        {
            return new Finding(
                $"The wrapper `{wrapper}` could not run {evidence.Spec.Binary}.",
                "Run the command line below by hand, and look at what the wrapper wants to be given.") { IsCertain = false };
        }

        return evidence.Output.Contains("qemu", StringComparison.OrdinalIgnoreCase)
            ? null
            : new Finding($"The wrapper `{wrapper}` ended before QEMU was ready.", "Run the command line below by hand.") { IsCertain = false };
    }
}
