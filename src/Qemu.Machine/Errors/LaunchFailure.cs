using System.Text;

namespace Qemu.Machine;

/// <summary>What is known of a failed launch.</summary>
/// <param name="Summary">What failed, in one line.</param>
/// <param name="CommandLine">The command line, quoted for a shell.</param>
/// <param name="Output">What QEMU wrote.</param>
/// <param name="Diagnosis">What the doctor makes of it; null when no rule knows the case.</param>
/// <param name="End">How the process ended; null when none was started.</param>
/// <param name="InnerException">The cause, where it is an exception.</param>
internal sealed record LaunchFailure(
    string Summary,
    string CommandLine,
    string Output,
    Diagnosis? Diagnosis,
    MachineEnd? End,
    Exception? InnerException)
{
    /// <summary>Reads top down: what failed, QEMU's own words, diagnosis and fix, how it ended, the command line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Summary).Append(LogExcerpt.Format(Output));
        if (Diagnosis is not null)
            text.AppendLine().Append(Diagnosis);
        if (End is not null)
            text.AppendLine().Append("QEMU ").Append(new ExitStatus(End.ExitCode, End.TerminatingSignal)).Append('.');
        return text.AppendLine().AppendLine("Command line:").Append("  ").Append(CommandLine).ToString();
    }
}
