namespace Qemu.Machine;

/// <summary>The guest's memory, <c>-m SIZE</c>.</summary>
/// <param name="Size">A size as QEMU takes it: <c>256M</c>, <c>2G</c>; a bare number is MiB.</param>
public sealed record MemoryOption(string Size) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-m", Size);
}
