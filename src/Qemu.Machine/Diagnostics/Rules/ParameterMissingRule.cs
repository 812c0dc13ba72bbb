namespace Qemu.Machine;

/// <summary>A property that an option cannot do without.</summary>
internal sealed class ParameterMissingRule() : OutputRule("is missing", "You must specify", "Must specify")
{
    public override string Name => "parameter-missing";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { } option)
            return null;
        string parameter = line.Quoted() is { Length: > 0 } quoted ? quoted : line.After("specify");
        string value = parameter == "id" ? option.Type + "0" : "VALUE";
        return new Finding(
            $"{option.Name} needs {(parameter.Contains('=', StringComparison.Ordinal) ? parameter : $"'{parameter}'")}, which is not given.",
            parameter.Contains('=', StringComparison.Ordinal)
                ? $"Add it: {option.Text},… with {parameter}."
                : $"Add it: {option.Text},{parameter}={value}.");
    }
}
