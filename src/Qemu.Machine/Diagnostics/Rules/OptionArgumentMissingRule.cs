namespace Qemu.Machine;

/// <summary>An option at the end of the command line, or before another one, that lacks its value.</summary>
internal sealed class OptionArgumentMissingRule() : OutputRule("requires an argument")
{
    public override string Name => "option-argument-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string before = line.Text[..line.Text.IndexOf(": requires", StringComparison.Ordinal)];
        return new Finding(
            $"The option {before[(before.LastIndexOf(' ') + 1)..]} stands without its value.",
            "Pass option and value as two arguments: .WithArguments(\"-machine\", \"q35\").");
    }
}
