namespace Qemu.Machine;

/// <summary>A value of the wrong sort: a word where a number belongs, <c>maybe</c> where <c>on</c> or <c>off</c> does.</summary>
internal sealed class ParameterValueRule() : OutputRule("' expects ", "doesn't take value", "invalid cache option", "Invalid parameter value")
{
    public override string Name => "parameter-value";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Says("invalid cache option"))
            return new Finding($"'{line.Option?.Property("cache")}' is no cache mode.", "Use writeback, none, writethrough, directsync or unsafe.");
        string property = line.Quoted();
        if (line.Says("doesn't take value"))
        {
            string owner = property.Split('.')[0];
            return new Finding(
                $"The property '{property}' does not take the value '{line.Quoted(1)}'.",
                $"`{evidence.BinaryName} -device {line.Option?.Type ?? owner},help` shows the type of each property.");
        }

        string expected = line.After("' expects ").TrimEnd('.');
        return new Finding(
            $"The property '{property}' does not take the value that {line.Option?.Text ?? "the command line"} gives it.",
            property == "size" ? $"It expects {expected}, with k, M, G or T behind it: 256M, 2G." : $"It expects {expected}.");
    }
}
