namespace Qemu.Machine;

/// <summary>The CPU model, <c>-cpu MODEL</c>.</summary>
/// <param name="Model">A model such as <c>max</c>, with any feature flags after a comma.</param>
public sealed record CpuOption(string Model) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-cpu", Model);
}
