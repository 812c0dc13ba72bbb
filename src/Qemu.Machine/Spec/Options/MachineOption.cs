namespace Qemu.Machine;

/// <summary>The machine type, <c>-machine TYPE[,property=value…]</c>.</summary>
/// <param name="Type">A machine type such as <c>q35</c>, with any properties after a comma.</param>
public sealed record MachineOption(string Type) : QemuOption
{
    /// <summary>The type without its properties.</summary>
    public string TypeName => Type.Split(',', 2)[0];

    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-machine", Type);
}
