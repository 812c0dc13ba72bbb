namespace Qemu.Machine;

/// <summary>The machine waits for a state to be loaded into it, <c>-incoming defer</c>.</summary>
internal sealed record IncomingOption : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine) => commandLine.Add("-incoming", "defer");
}
