namespace Qemu.Machine;

/// <summary>A file that is there and that the kernel does not execute.</summary>
internal sealed class ProgramFormatRule() : OutputRule("Exec format error", "cannot execute binary file", "cannot execute: required file not found", "exec: ")
{
    public override string Name => "program-format";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string program = evidence.CommandLine[0];
        if (evidence.Exit?.ExitCode is not (126 or 127))
            return null;
        return line.Says("Permission denied")
            ? new Finding($"The kernel may not execute '{program}'.", "It is on a file system mounted with noexec, or this user may not run it.")
            : new Finding($"'{program}' is not a program that this host can run.", $"It is for another architecture, lacks its interpreter, or is damaged: `file {program}` tells.");
    }
}
