namespace Qemu.Machine;

/// <summary>
/// A program that runs beside QEMU as a part of one launch of a machine: virtiofsd behind a shared directory, or what
/// <see cref="QemuMachineBuilder.WithCompanion"/> named. It starts before QEMU, and is gone when the machine is, or this process, whatever ended them.
/// </summary>
public sealed class MachineCompanion : IDisposable
{
    private readonly ChildProcess _process;
    private readonly Lifeline _lifeline;
    private readonly QemuLog _log;

    private MachineCompanion(string name, ChildProcess process, Lifeline lifeline, QemuLog log)
    {
        Name = name;
        _process = process;
        _lifeline = lifeline;
        _log = log;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its process id; null when it has ended.</summary>
    public int? ProcessId => _process.IsRunning ? _process.ProcessId : null;

    internal ProcessIdentity Identity => _lifeline.Watched;

    /// <summary>Its exit code; null while it runs, and when a signal ended it.</summary>
    public int? ExitCode => _process.Status?.ExitCode;

    /// <summary>All that it wrote to stdout and stderr, while it runs and after.</summary>
    public string Log => _log.Read();

    /// <summary>How it ended before it was told to, with the last of what it wrote; null while it runs, and when it ended as it should.</summary>
    internal string? Problem => _process.Status is { } status && status != new ExitStatus(0, Signal: null)
        ? $"Its companion '{Name}' {status}.{LogExcerpt.Format(Log, Name)}"
        : null;

    /// <summary>Starts it under a lifeline of its own.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="directory">Where its files go.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    internal static MachineCompanion Start(CompanionProgram program, string directory)
    {
        string executable = ExecutableLookup.Find(program.Program, firstDirectory: null, out string? problem)
            ?? throw new FileNotFoundException($"The machine's companion '{program.Name}' cannot be started: {problem}", program.Program);
        string own = Path.Combine(directory, "companion-" + program.Name);
        if (!Libc.MakeDirectory(own))
            throw new QemuConfigurationException($"There are two companions '{program.Name}': names must differ.");
        var log = new QemuLog(own + ".log");
        try
        {
            using var output = log.OpenForChild();
            string[] arguments = [.. program.Arguments.Select(argument => argument.Replace(CompanionProgram.Directory, own, StringComparison.Ordinal))];
            Lifeline lifeline = Lifeline.Start(new SpawnRequest(executable, arguments, output, program.Descriptors), log.Path, out ChildProcess process);
            return new MachineCompanion(program.Name, process, lifeline, log);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Ends it, with all that it started, and waits until it is gone. For when QEMU is.</summary>
    internal Task StopAsync()
    {
        _process.Signal(Libc.SIGKILL);
        return _process.Exited;
    }

    /// <summary>Ends it if it still runs; its output stays.</summary>
    void IDisposable.Dispose()
    {
        _process.Signal(Libc.SIGKILL);
        _lifeline.Dispose();
        _log.Dispose();
    }
}
