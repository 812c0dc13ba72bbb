namespace Qemu.Machine;

/// <summary>One accelerator, <c>-accel NAME</c>; QEMU refuses to start when it cannot have it.</summary>
/// <param name="Name">An accelerator such as <c>tcg</c> or <c>kvm</c>, with any properties after a comma.</param>
public sealed record AcceleratorOption(string Name) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-accel", Name);
}
