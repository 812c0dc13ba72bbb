namespace Qemu.Machine;

/// <summary>A machine type that this QEMU does not have: misspelt, removed, or another architecture's.</summary>
internal sealed class MachineTypeRule() : OutputRule("unsupported machine type", NoDefault)
{
    private const string NoDefault = "No machine specified, and there is no default";

    public override string Name => "machine-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        if (line.Says(NoDefault))
            return new Finding($"{evidence.BinaryName} has no default machine type.", $"Name one: .WithMachine(\"virt\") on most architectures. `{evidence.BinaryName} -machine help` lists all.");
        string type = evidence.Options.LastOrDefault(option => option.Name is "-machine" or "-M") is { } option
            ? option.Property("type") ?? option.Type
            : line.Quoted(quote: '"');
        return new Finding($"{evidence.BinaryName} has no machine type '{type}'.", $"`{evidence.BinaryName} -machine help` lists all. Old versioned types are removed over time.")
        {
            Unknown = new UnknownName(NameKind.MachineType, type),
        };
    }
}
