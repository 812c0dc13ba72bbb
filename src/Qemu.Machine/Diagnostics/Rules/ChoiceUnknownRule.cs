namespace Qemu.Machine;

/// <summary>A word where one of a list belongs: a display, an object, a driver.</summary>
internal sealed class ChoiceUnknownRule() : OutputRule("does not accept value")
{
    public override string Name => "choice-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        (string parameter, string value) = (line.Quoted(), line.Quoted(1));
        string option = line.Option?.Name ?? "An option";
        string help = option switch
        {
            "-display" or "-object" or "-audiodev" or "-tpmdev" => $"`{evidence.BinaryName} {option} help` lists what it knows.",
            "-incoming" => "A migration comes from tcp:, unix:, fd:, exec: or file:, or is deferred: -incoming defer.",
            _ => $"`{evidence.BinaryName} -help` shows what it knows.",
        };
        return new Finding($"{option} knows no {parameter} '{value}'.", help)
        {
            Unknown = option == "-display" ? new UnknownName(NameKind.Display, value) : null,
        };
    }
}
