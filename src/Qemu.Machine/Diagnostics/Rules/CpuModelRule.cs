namespace Qemu.Machine;

/// <summary>A CPU model that this QEMU does not have.</summary>
internal sealed class CpuModelRule() : OutputRule("unable to find CPU model", "Invalid CPU model", "Invalid CPU type")
{
    public override string Name => "cpu-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string model = line.Quoted() is { Length: > 0 } quoted
            ? quoted
            : evidence.Options.LastOrDefault(option => option.Name == "-cpu")?.Type ?? "";
        return new Finding($"{evidence.BinaryName} has no CPU model '{model}' for this machine.", $"`{evidence.BinaryName} -cpu help` lists all; 'max' has every feature that the accelerator offers.")
        {
            Unknown = new UnknownName(NameKind.Cpu, model),
        };
    }
}
