namespace Qemu.Machine;

/// <summary>A property that an option, a device, a machine type or a CPU does not have.</summary>
internal sealed class ParameterUnknownRule() : OutputRule("Invalid parameter", "' not found", "does not support the option", "is unexpected")
{
    public override string Name => "property-unknown";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string binary = evidence.BinaryName;
        if (line.Says("does not support the option"))
            return new Finding($"The block format '{line.Quoted()}' has no option '{line.Quoted(1)}'.", "Correct its name, or leave it out.");
        if (line.Says("Invalid parameter") || line.Says("is unexpected"))
            return new Finding($"{line.Option?.Name ?? "An option"} has no property '{line.Quoted()}'.", $"Correct its name, or leave it out; `{binary} -help` shows the properties. Newer QEMUs have more of them.");
        if (!line.Says("Property '") || line.Between("Property '", "' not found") is not { Length: > 0 } path || path.LastIndexOf('.') is not (> 0 and var dot))
            return null;
        (string owner, string property) = (path[..dot], path[(dot + 1)..]);
        if (owner.EndsWith("-machine", StringComparison.Ordinal))
            return new Finding($"The machine type {owner[..^"-machine".Length]} has no property '{property}'.", $"`{binary} -machine {owner[..^"-machine".Length]},help` lists its properties.");
        if (owner.EndsWith("-cpu", StringComparison.Ordinal))
            return new Finding($"CPU models have no feature '{property}' in this QEMU.", $"`{binary} -cpu help` lists the features at its end.");
        if (owner.EndsWith("-accel", StringComparison.Ordinal))
            return new Finding($"The accelerator {owner[..^"-accel".Length]} has no property '{property}'.", $"`{binary} -accel {owner[..^"-accel".Length]},help` lists its properties.");
        return new Finding($"The device {owner} has no property '{property}'.", $"`{binary} -device {owner},help` lists its properties.");
    }
}
