using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>A machine did not start. Nothing is left of it: no process, no file; it can be launched again.</summary>
public sealed class QemuLaunchException : QemuException
{
    internal QemuLaunchException(LaunchFailure failure)
        : base(failure.ToString(), failure.InnerException)
    {
        ExitCode = failure.End?.ExitCode;
        TerminatingSignal = failure.End?.TerminatingSignal;
        CommandLine = failure.CommandLine;
        Output = failure.Output;
        Diagnosis = failure.Diagnosis;
    }

    /// <summary>QEMU's exit code; null when it never ran, was ended by a signal, or had to be killed.</summary>
    public int? ExitCode { get; }

    /// <summary>The signal that ended QEMU; null when none did.</summary>
    public int? TerminatingSignal { get; }

    /// <summary>The command line, quoted for a shell.</summary>
    public string CommandLine { get; }

    /// <summary>All that QEMU wrote to stdout and stderr.</summary>
    public string Output { get; }

    /// <summary>Why it failed and what to do, as far as that is known; null when it is not. <see cref="Exception.Message"/> shows it.</summary>
    public Diagnosis? Diagnosis { get; }
}
