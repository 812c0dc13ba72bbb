namespace Qemu.Machine;

/// <summary>How a process ended: an exit code or a signal, never both and never one dressed as the other.</summary>
/// <param name="ExitCode">The exit code; null when a signal ended the process.</param>
/// <param name="Signal">The number of the signal that ended the process; null when it exited. Both are null when somebody else took the status.</param>
internal readonly record struct ExitStatus(int? ExitCode, int? Signal)
{
    public override string ToString() => Signal is { } signal
        ? $"ended by signal {signal} ({SignalName(signal)})"
        : ExitCode is { } code
            ? $"exited with code {code}"
            : "is gone, its exit status unknown";

    private static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        31 => "SIGSYS",
        _ => "signal",
    };
}
