namespace Qemu.Machine;

/// <summary>A network back end that does not exist, or that this build lacks.</summary>
internal sealed class NetdevTypeRule() : OutputRule("Parameter 'type' does not accept value", "is not compiled into this binary")
{
    public override string Name => "netdev-type";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Option is not { Name: "-netdev" or "-nic" or "-net" } option)
            return null;
        string type = line.Says("not compiled") ? line.Quoted(quote: '"') : line.Quoted(1);
        return new Finding(
            line.Says("not compiled") ? $"This QEMU was built without the network back end '{type}'." : $"There is no network back end '{type}'.",
            $"`{evidence.BinaryName} {option.Name} help` lists those of this build; .WithUserNetwork() uses 'user'.")
        {
            Unknown = new UnknownName(NameKind.Netdev, type),
        };
    }
}
