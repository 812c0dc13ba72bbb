using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// One life of a machine, from the start of its process to the end of its clean-up. Its end is decided here and nowhere
/// else: whatever else happens only asks for it.
/// </summary>
internal sealed class MachineGeneration
{
    /// <summary>How long QEMU's channels may stay open once QEMU is gone (something else holds them) before they are closed from here.</summary>
    private static readonly TimeSpan s_channelLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long after QMP's end QEMU's own is waited for.</summary>
    private static readonly TimeSpan s_explainLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _exited = new();
    private readonly CancellationTokenSource _channelsClosed = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<MachineEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MachineContext _context;
    private readonly MachineResources _resources;
    private readonly QmpEventQueue _shutdowns;
    private readonly Task[] _drains;
    private readonly Task _connecting;
    private readonly long _outOfMemoryKills = OutOfMemoryKills.Count();
    private MachineEndCause? _asked;
    private bool _quitClaimed;

    private MachineGeneration(MachineContext context, MachineResources resources, ChildProcess process, IReadOnlyList<string> commandLine)
    {
        _context = context;
        _resources = resources;
        Process = process;
        CommandLine = commandLine;
        EndedToken = _ended.Token;
        ConsoleMarks = [.. context.Consoles.Select(console => console.Mark)];
        _shutdowns = context.Events.Subscribe(new QmpEventQueueOptions { Capacity = 8, Names = ["SHUTDOWN"] });
        _drains = [.. context.Consoles.Select(DrainAsync)];
        _connecting = ConnectQmpAsync();
        Life = RunAsync();
    }

    public ChildProcess Process { get; }

    public IReadOnlyList<string> CommandLine { get; }

    /// <summary>Where each console stood when this life began.</summary>
    public IReadOnlyList<ConsoleMark> ConsoleMarks { get; }

    /// <summary>The QMP session; null before it is negotiated, and without QMP.</summary>
    public QmpClient? Qmp { get; private set; }

    /// <summary>Completes when QEMU is dead, its last bytes are read and everything of this life is removed.</summary>
    public Task<MachineEnd> Ended => _end.Task;

    /// <summary>How this life ended; null while it lasts.</summary>
    public MachineEnd? Outcome { get; private set; }

    /// <summary>Cancelled right after <see cref="Ended"/>: what waits on the guest is waiting for nothing.</summary>
    public CancellationToken EndedToken { get; }

    /// <summary>The loop behind <see cref="Ended"/>; it also outlasts those who were told of the end.</summary>
    public Task Life { get; }

    public bool IsRunning => Process.IsRunning;

    public string Log => _resources.Log.Read();

    /// <summary>Starts the process and, at once, reading all it says.</summary>
    /// <exception cref="QemuLaunchException">It could not be started; nothing is left.</exception>
    public static MachineGeneration Start(MachineContext context)
    {
        MachineResources? resources = null;
        IReadOnlyList<string> commandLine = [.. context.Spec.Wrapper, context.Spec.Binary];
        try
        {
            if (!OperatingSystem.IsLinux())
                throw new PlatformNotSupportedException("Machines are launched on Linux only, for now.");
            resources = new MachineResources(context);
            IReadOnlyList<string> arguments = context.Spec.Render(resources.Transport, resources.Descriptors);
            commandLine = [.. context.Spec.Wrapper, context.Spec.Binary, .. arguments];
            commandLine = ProgramResolution.Resolve(context.Spec, arguments);
            context.Logger.LogDebug("Machine {Machine} starts: {CommandLine}", context.Name, ShellQuoting.Join(commandLine));
            ChildProcess process = resources.Spawn(commandLine[0], [.. commandLine.Skip(1)]);

            // The loops belong to the machine and not to the test, say, in which it was launched.
            using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
                return new MachineGeneration(context, resources, process, commandLine);
        }
        catch (Exception error)
        {
            if (resources is not null)
                resources.Dispose();
            else
                context.Directory.Delete();
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

    /// <summary>Waits until QMP is ready, racing QEMU's exit.</summary>
    /// <exception cref="QemuLaunchException">QEMU exited, or QMP did not come up in time. The machine is gone.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. The machine is gone.</exception>
    public async Task WaitForQmpAsync(CancellationToken cancellationToken)
    {
        TimeSpan limit = _context.QmpTimeout;
        using var deadline = new CancellationTokenSource(limit, _context.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await _connecting.WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            ProcessSnapshot? alive = ProcessSnapshot.Take(Process.ProcessId);
            MachineEnd killed = await KillAsync(MachineEndCause.Forced).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            string doing = alive is null ? "though QEMU was running" : $"though {alive}";
            throw await LaunchFailedAsync($"QMP did not come up within {limit.TotalSeconds:0.###} s, {doing}; it was killed.", killed, alive, innerException: null).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // QMP went away, which QEMU's exit is the usual reason for. One that lives on without QMP is no use to anybody.
            await Task.WhenAny(Process.Exited, Task.Delay(s_channelLimit, _context.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
            bool exited = !Process.IsRunning;
            ProcessSnapshot? alive = exited ? null : ProcessSnapshot.Take(Process.ProcessId);
            MachineEnd end = await KillAsync(MachineEndCause.Forced).ConfigureAwait(false);
            throw await LaunchFailedAsync(
                exited ? $"QEMU {new ExitStatus(end.ExitCode, end.TerminatingSignal)} before it was ready." : "QMP failed while QEMU was running; it was killed.",
                end,
                alive,
                error).ConfigureAwait(false);
        }
    }

    /// <summary>Notes who wants the end; the first one stays, and nothing counts once QEMU has ended by itself.</summary>
    public void Ask(MachineEndCause cause)
    {
        lock (_gate)
        {
            if (IsRunning)
                _asked ??= cause;
        }
    }

    /// <summary>Notes that what was asked for did not happen in time.</summary>
    public void AskForced()
    {
        lock (_gate)
        {
            if (IsRunning && _asked != MachineEndCause.Killed)
                _asked = MachineEndCause.Forced;
        }
    }

    /// <summary>True for the one who is to send <c>quit</c>.</summary>
    public bool TryClaimQuit()
    {
        lock (_gate)
        {
            if (_quitClaimed)
                return false;
            return _quitClaimed = true;
        }
    }

    /// <summary>Notes a <c>quit</c> of the user's own.</summary>
    public void NoteQuit()
    {
        Ask(MachineEndCause.Quit);
        TryClaimQuit();
    }

    public Task<MachineEnd> KillAsync(MachineEndCause cause)
    {
        Ask(cause);
        Process.Signal(Libc.SIGKILL);
        return Ended;
    }

    /// <summary>For who waited on the guest in vain. Only once <see cref="Ended"/> has completed.</summary>
    public QemuExitedException CreateExitedException(Exception? innerException = null) =>
        new(_context.Name, Outcome!, Log, innerException);

    /// <summary>Why QMP went away: QEMU's end, for which this waits a little, tells more than the connection's.</summary>
    public async Task<QemuException> ExplainAsync(QmpDisconnectedException error)
    {
        await Task.WhenAny(Ended, Task.Delay(s_explainLimit, _context.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        return Outcome is not null ? CreateExitedException(error) : error;
    }

    private async Task ConnectQmpAsync()
    {
        if (!_context.Spec.QmpEnabled)
            return;
        Stream stream = await _resources.Transport.ConnectAsync(MachineChannels.Qmp, _exited.Token).ConfigureAwait(false);
        Qmp = await QmpClient.ConnectAsync(
            stream,
            new QmpClientOptions
            {
                Logger = _context.Logger,
                TimeProvider = _context.TimeProvider,
                Events = _context.Events,
                CommandTimeout = _context.QmpTimeout,
                NegotiationTimeout = Timeout.InfiniteTimeSpan, // the launch has a deadline of its own
            },
            _channelsClosed.Token).ConfigureAwait(false);
    }

    private async Task DrainAsync(QemuConsole console)
    {
        Stream stream = await _resources.Transport.ConnectAsync(ConsoleOption.ChannelName(console.Number), _exited.Token).ConfigureAwait(false);
        await console.DrainAsync(stream, _resources.WorkingPath).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        ExitStatus status = await Process.Exited.ConfigureAwait(false);
        await CloseChannelsAsync().ConfigureAwait(false);
        MachineEnd end = Decide(status);
        if (end.Cause == MachineEndCause.Signaled)
            _context.Logger.LogWarning("Machine {Machine}: {End}. Command line: {CommandLine}", _context.Name, end, ShellQuoting.Join(CommandLine));
        try
        {
            _resources.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _context.Logger.LogWarning(error, "Machine {Machine}: something of it could not be removed", _context.Name);
        }

        Outcome = end;
        _end.SetResult(end);
        await _ended.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Reads what QEMU still had to say, and closes the channels. All of it is there already; only a stranger who holds a channel open makes this wait.</summary>
    private async Task CloseChannelsAsync()
    {
        await _exited.CancelAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(s_channelLimit, _context.TimeProvider);
        await FinishAsync(Task.WhenAll([_connecting, .. _drains]), limit.Token).ConfigureAwait(false);
        if (Qmp is not null)
            await FinishAsync(Qmp.Disconnected, limit.Token).ConfigureAwait(false);
        await _channelsClosed.CancelAsync().ConfigureAwait(false);
        _resources.Transport.Dispose();
        await FinishAsync(Task.WhenAll([_connecting, .. _drains]), CancellationToken.None).ConfigureAwait(false);
        if (Qmp is not null)
            await Qmp.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FinishAsync(Task task, CancellationToken limit)
    {
        try
        {
            await task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _context.Logger.LogDebug(error, "Machine {Machine}: a channel ended", _context.Name);
        }
    }

    private MachineEnd Decide(ExitStatus status)
    {
        bool shutdownSeen = _shutdowns.TakeAll().Count > 0;
        _shutdowns.Dispose();
        MachineEndCause cause;
        lock (_gate)
        {
            cause = _asked switch
            {
                MachineEndCause.Killed or MachineEndCause.Forced => _asked.Value,
                _ when status.Signal is not null => MachineEndCause.Signaled,
                { } asked => asked,
                null when shutdownSeen => MachineEndCause.GuestShutdown,
                null => MachineEndCause.Exited,
            };
        }

        return new MachineEnd(cause, status.ExitCode, status.Signal, IsAbnormal(cause, status));
    }

    /// <summary>Through isa-debug-exit a guest chooses any exit code, without an event (before QEMU 10): then a code is no error.</summary>
    private bool IsAbnormal(MachineEndCause cause, ExitStatus status) => cause switch
    {
        MachineEndCause.Forced or MachineEndCause.Signaled => true,
        MachineEndCause.Exited => status.ExitCode != 0 && !CommandLine.Any(argument => argument.Contains("isa-debug-exit", StringComparison.Ordinal)),
        _ => false,
    };

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
        return new QemuLaunchException(new LaunchFailure(
            $"Machine {_context.Name} did not launch: {what}",
            ShellQuoting.Join(CommandLine),
            Log,
            diagnosis,
            end,
            innerException));
    }
}
