namespace Qemu.Machine;

/// <summary>Which console <see cref="QemuMachine.Shell"/> types to.</summary>
/// <param name="Console">The console's number. The guest must run a POSIX shell on it.</param>
public sealed record ShellOption(int Console) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        // A choice between consoles that are there anyway: nothing for QEMU.
    }
}
