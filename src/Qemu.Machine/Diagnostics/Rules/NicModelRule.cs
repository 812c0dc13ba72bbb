namespace Qemu.Machine;

/// <summary>A network card that the machine type does not know.</summary>
internal sealed class NicModelRule() : OutputRule("Unsupported NIC model")
{
    public override string Name => "nic-model";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string model = line.After("Unsupported NIC model:");
        return new Finding($"There is no network card '{model}'.", $"`{evidence.BinaryName} -nic model=help` lists those of the machine type.")
        {
            Unknown = new UnknownName(NameKind.Device, model),
        };
    }
}
