using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// One life of a machine, from the start of its process to the end of its clean-up. It ends here and nowhere else:
/// whatever else happens only asks for it.
/// </summary>
internal sealed class MachineGeneration
{
    /// <summary>How long after QMP's end QEMU's own is waited for.</summary>
    private static readonly TimeSpan s_explainLimit = TimeSpan.FromSeconds(5);

    private readonly EndDecision _decision = new();
    private readonly CancellationTokenSource _ended;
    private readonly TaskCompletionSource<MachineEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MachineContext _context;
    private readonly MachineResources _resources;
    private readonly QmpEventQueue _shutdowns;
    private readonly MachineConnections _connections;
    private readonly long _outOfMemoryKills = OutOfMemoryKills.Count();

    private MachineGeneration(
        MachineContext context,
        MachineResources resources,
        ChildProcess process,
        IReadOnlyList<string> commandLine,
        CancellationTokenSource ended)
    {
        _context = context;
        _ended = ended;
        _resources = resources;
        Process = process;
        MachineTelemetry.ProcessStarted();
        CommandLine = commandLine;
        EndedToken = _ended.Token;
        ConsoleMarks = [.. context.Consoles.Select(console => console.Mark)];
        _shutdowns = context.Events.Subscribe(new QmpEventQueueOptions { Capacity = 8, Names = ["SHUTDOWN"] });
        _connections = new MachineConnections(context, resources, process, commandLine, ConsoleMarks);
        Life = RunAsync();
    }

    public ChildProcess Process { get; }

    public IReadOnlyList<string> CommandLine { get; }

    /// <summary>Where each console stood when this life began.</summary>
    public IReadOnlyList<ConsoleMark> ConsoleMarks { get; }

    /// <summary>The QMP session; null before it is negotiated, and without QMP.</summary>
    public QmpClient? Qmp => _connections.Qmp;

    /// <summary>Completes when QEMU is dead, its last bytes are read and everything of this life is removed.</summary>
    public Task<MachineEnd> Ended => _end.Task;

    /// <summary>How this life ended; null while it lasts.</summary>
    public MachineEnd? Outcome { get; private set; }

    /// <summary>Cancelled right after <see cref="Ended"/>: what waits on the guest is waiting for nothing.</summary>
    public CancellationToken EndedToken { get; }

    /// <summary>The programs that run, or ran, beside QEMU.</summary>
    public IReadOnlyList<MachineCompanion> Companions => _resources.Companions;

    /// <summary>The channel to the guest agent; null when the machine has none.</summary>
    public Task<AgentSession>? Agent => _connections.Agent;

    /// <summary>The guest's first panic in this life; null while there is none.</summary>
    public GuestPanic? Panic => _connections.Panics.Panic;

    /// <summary>Completes when nothing of the guest's escapes the watch any more.</summary>
    public Task Watched => _connections.CpuResets?.Opened ?? Task.CompletedTask;

    /// <summary>Watches for the guest's panic, and knows where it is allowed.</summary>
    public PanicWatch Panics => _connections.Panics;

    /// <summary>The loop behind <see cref="Ended"/>; it also outlasts those who were told of the end.</summary>
    public Task Life { get; }

    public bool IsRunning => Process.IsRunning;

    /// <summary>Which host port leads to which port of the guest; empty until QMP is ready.</summary>
    public ImmutableDictionary<(int GuestPort, bool Udp), int> HostPorts => _connections.HostPorts;

    /// <summary>What it runs on; null until that is known.</summary>
    public AcceleratorChoice? Accelerator => _connections.Accelerator;

    /// <summary>What it was rendered from.</summary>
    public QemuMachineSpec Spec => _context.Spec;

    /// <summary>The machine's directory while it lived.</summary>
    public string WorkingPath => _resources.WorkingPath;

    public ILogger Logger => _context.Logger;

    public TimeProvider TimeProvider => _context.TimeProvider;

    public string Log => _resources.Log.Read();

    public QemuLog LogFile => _resources.Log;

    /// <summary>Starts the process and, at once, reading all it says.</summary>
    /// <param name="context">What is launched.</param>
    /// <param name="ended">Cancelled at the end of this life.</param>
    /// <exception cref="QemuLaunchException">It could not be started; nothing is left.</exception>
    public static MachineGeneration Start(MachineContext context, CancellationTokenSource? ended = null)
    {
        MachineResources? resources = null;
        IReadOnlyList<string> commandLine = [.. context.Spec.Wrapper, context.Spec.Binary];
        try
        {
            if (!OperatingSystem.IsLinux())
                throw new PlatformNotSupportedException("Machines are launched on Linux only, for now.");
            WrapperRules.Check(context.Spec);
            resources = new MachineResources(context);
            IReadOnlyList<string> arguments = context.Spec.Render(resources.Transport, resources.Descriptors);
            commandLine = [.. context.Spec.Wrapper, context.Spec.Binary, .. arguments];
            commandLine = ProgramResolution.Resolve(context.Spec, arguments);
            context.Logger.LogDebug("Machine {Machine} starts: {CommandLine}", context.Name, ShellQuoting.Join(commandLine));
            context.Observers?.Step(MachineStepKind.Launch, $"QEMU starts: {ShellQuoting.Join(commandLine)}", begins: true);
            ChildProcess process = resources.Spawn(commandLine[0], [.. commandLine.Skip(1)]);

            // The loops belong to the machine and not to the test, say, in which it was launched.
            using (ExecutionContext.SuppressFlow())
                return new MachineGeneration(context, resources, process, commandLine, ended ?? new CancellationTokenSource());
        }
        catch (Exception error)
        {
            resources?.Abandon();
            var evidence = new LaunchEvidence { Spec = context.Spec, CommandLine = commandLine, StartError = error };
            throw new QemuLaunchException(new LaunchFailure(
                $"Machine {context.Name} could not be started: {error.Message}",
                ShellQuoting.Join(commandLine),
                Output: "",
                LaunchDoctor.Diagnose(evidence),
                End: null,
                error));
        }
    }

    /// <summary>Waits until QMP is ready (and has told the host ports), racing QEMU's exit.</summary>
    /// <exception cref="QemuLaunchException">QEMU exited, or QMP did not come up in time. The machine is gone.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. The machine is gone.</exception>
    public async Task WaitForQmpAsync(CancellationToken cancellationToken)
    {
        TimeSpan limit = _context.QmpTimeout;
        using var deadline = new CancellationTokenSource(limit, _context.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await _connections.Ready.WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            ProcessSnapshot? alive = ProcessSnapshot.Take(Process.ProcessId);
            MachineEnd killed = await KillAsync(cancellationToken.IsCancellationRequested ? MachineEndCause.Killed : MachineEndCause.Forced).ConfigureAwait(false);
            cancellationToken.ThrowIfTaskCancelled();
            string doing = alive is null ? "though QEMU was running" : $"though {alive}";
            string what = string.Create(CultureInfo.InvariantCulture, $"QMP did not come up within {limit.TotalSeconds:0.###} s, {doing}; it was killed.");
            throw await LaunchFailedAsync(what, killed, alive, innerException: null).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // QMP went away, which QEMU's exit is the usual reason for. One that lives on without QMP is no use to anybody.
            await WaitAtMostAsync(Process.Exited, MachineConnections.ClosingLimit).ConfigureAwait(false);
            bool exited = !Process.IsRunning;
            ProcessSnapshot? alive = exited ? null : ProcessSnapshot.Take(Process.ProcessId);
            MachineEnd end = await KillAsync(MachineEndCause.Forced).ConfigureAwait(false);
            throw await LaunchFailedAsync(
                exited ? $"{end}, before it was ready." : $"QMP failed while QEMU was running, which was killed then: {error.Message}",
                end,
                alive,
                error).ConfigureAwait(false);
        }
    }

    /// <summary>Notes who wants the end; nothing counts once QEMU has ended by itself.</summary>
    public void Ask(MachineEndCause cause)
    {
        if (IsRunning)
            _decision.Ask(cause);
    }

    /// <summary>True for the one who is to send <c>quit</c>.</summary>
    public bool TryClaimQuit() => _decision.TryClaimQuit();

    /// <summary>Notes a <c>quit</c> of the user's own.</summary>
    public void NoteQuit()
    {
        Ask(MachineEndCause.Quit);
        TryClaimQuit();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        _decision.NoteTerminate();
        Process.Signal(Libc.SIGTERM);
    }

    public Task<MachineEnd> KillAsync(MachineEndCause cause)
    {
        Ask(cause);
        Process.Signal(Libc.SIGKILL);
        return Ended;
    }

    /// <summary>The error for those who waited for the guest. Only once <see cref="Ended"/> has completed.</summary>
    public QemuExitedException CreateExitedException(Exception? innerException = null) =>
        new(_context.Name, Outcome!, Log, innerException);

    /// <summary>Why QMP went away: QEMU's end, for which this waits a little, tells more than the connection's.</summary>
    public async Task<QemuException> ExplainAsync(QmpDisconnectedException error)
    {
        await WaitAtMostAsync(Ended, s_explainLimit).ConfigureAwait(false);
        return Outcome is not null ? CreateExitedException(error) : error;
    }

    // Not by a delay beside it, whose timer would live on.
    private async Task WaitAtMostAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, _context.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller looks at what there is.
        }
    }

    private async Task RunAsync()
    {
        ExitStatus status = await Process.ExitedHere.ConfigureAwait(false);
        try
        {
            MachineTelemetry.ProcessEnded();
            await _connections.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Whatever it is, it must not keep those who wait for the end from hearing of it.
            _context.Logger.LogError(error, "Machine {Machine}: its channels did not close as they should", _context.Name);
        }

        await _resources.StopCompanionsAsync().ConfigureAwait(false);
        MachineEnd end = Decide(status);
        if (end.Cause == MachineEndCause.Signaled)
            _context.Logger.LogWarning("Machine {Machine}: {End}. Command line: {CommandLine}", _context.Name, end, ShellQuoting.Join(CommandLine));
        _resources.Dispose();
        Outcome = end;
        _context.Observers?.Step(MachineStepKind.End, end.ToString());
        _end.SetResult(end);
        await _ended.CancelAsync().ConfigureAwait(false);
        await _connections.Watching.ConfigureAwait(false);
    }

    private MachineEnd Decide(ExitStatus status)
    {
        QmpEvent? shutdown = LastShutdown();
        _shutdowns.Dispose();
        MachineEnd end = _decision.Decide(
            status,
            shutdown,
            guestChoosesExitCode: CommandLine.Any(argument => argument.Contains("isa-debug-exit", StringComparison.Ordinal)));
        return end.Cause == MachineEndCause.Signaled && end.TerminatingSignal == Libc.SIGKILL
            ? end with { Explanation = OutOfMemoryKills.Explain(Process.ProcessId, _outOfMemoryKills) }
            : end;
    }

    private QmpEvent? LastShutdown()
    {
        while (true)
        {
            try
            {
                return _shutdowns.TakeAll() is [.., var last] ? last : null;
            }
            catch (QmpEventOverflowException)
            {
                // Under -no-shutdown a guest may announce many; the last one is still there, and the loss is told once.
            }
        }
    }

    private async Task<QemuLaunchException> LaunchFailedAsync(string what, MachineEnd end, ProcessSnapshot? alive, Exception? innerException)
    {
        var status = new ExitStatus(end.ExitCode, end.TerminatingSignal);
        var evidence = new LaunchEvidence
        {
            Spec = _context.Spec,
            CommandLine = CommandLine,
            Output = Log,
            Alive = alive,
            Exit = end.Cause == MachineEndCause.Forced && status.Signal == Libc.SIGKILL ? null : status,
            OutOfMemoryKills = OutOfMemoryKills.Count() - _outOfMemoryKills,
        };
        Diagnosis? diagnosis = _context.IsProbe
            ? LaunchDoctor.Diagnose(evidence)
            : await LaunchDoctor.Instance.DiagnoseAsync(evidence).ConfigureAwait(false);
        string summary = $"Machine {_context.Name} did not launch: {what}";
        if (WrapperRules.Advice(_context.Spec, Log) is { } advice)
            summary += Environment.NewLine + advice;
        foreach (string problem in Companions.Select(companion => companion.Problem).OfType<string>())
            summary += Environment.NewLine + problem;
        return new QemuLaunchException(new LaunchFailure(
            summary,
            ShellQuoting.Join(CommandLine),
            Log,
            diagnosis,
            end,
            innerException));
    }
}
