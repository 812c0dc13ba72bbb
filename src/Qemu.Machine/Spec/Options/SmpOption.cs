using System.Globalization;

namespace Qemu.Machine;

/// <summary>The number of virtual CPUs, <c>-smp N</c>.</summary>
/// <param name="Cpus">How many; at least 1.</param>
public sealed record SmpOption(int Cpus) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) =>
        commandLine.Add("-smp", Cpus.ToString(CultureInfo.InvariantCulture));
}
