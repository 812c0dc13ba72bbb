using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>What connects one life of a machine to this process, read from its first byte to its last: QMP, the consoles and the guest agent's channel.</summary>
internal sealed class MachineConnections
{
    /// <summary>How long QEMU's channels may stay open once QEMU is gone (something else holds them) before they are closed from here.</summary>
    public static readonly TimeSpan ClosingLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _exited = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly MachineContext _context;
    private readonly MachineResources _resources;
    private readonly ChildProcess _process;
    private readonly IReadOnlyList<string> _commandLine;
    private readonly Task[] _drains;

    /// <summary>Begins to read all that the process says.</summary>
    public MachineConnections(MachineContext context, MachineResources resources, ChildProcess process, IReadOnlyList<string> commandLine, IReadOnlyList<ConsoleMark> consoleMarks)
    {
        _context = context;
        _resources = resources;
        _process = process;
        _commandLine = commandLine;
        _drains = [.. context.Consoles.Select(DrainAsync)];
        Ready = ConnectQmpAsync();
        Watching = WatchQmpAsync();
        if (context.Spec.Options.OfType<GuestAgentOption>().Any())
            Agent = ConnectAgentAsync();
        Panics = new PanicWatch(context, consoleMarks, Ready, () => CpuResets);
    }

    /// <summary>Completes when QMP is ready and has told what else there is to know; without QMP, at once.</summary>
    public Task Ready { get; }

    /// <summary>The watch over the session; it ends after the process, and the machine's end is announced without waiting for it.</summary>
    public Task Watching { get; }

    /// <summary>The QMP session; null before it is negotiated, and without QMP.</summary>
    public QmpClient? Qmp { get; private set; }

    /// <summary>Which host port leads to which port of the guest; empty until QMP is ready.</summary>
    public ImmutableDictionary<(int GuestPort, bool Udp), int> HostPorts { get; private set; } = ImmutableDictionary<(int, bool), int>.Empty;

    /// <summary>The channel to the guest agent; null when the machine has none.</summary>
    public Task<AgentSession>? Agent { get; }

    /// <summary>Looks out for a panic of the guest.</summary>
    public PanicWatch Panics { get; }

    /// <summary>What QEMU logs of the CPU's resets; null before QMP is ready, and where that tells nothing.</summary>
    public CpuResetLog? CpuResets { get; private set; }

    /// <summary>What the machine runs on; null until that is known.</summary>
    public AcceleratorChoice? Accelerator { get; private set; }

    /// <summary>
    /// Once the process has exited: reads what it still had to say, and closes the channels. All of it is there already;
    /// only a stranger who holds a channel open makes this wait.
    /// </summary>
    public async Task CloseAsync()
    {
        await _exited.CancelAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(ClosingLimit, _context.TimeProvider);
        await FinishAsync(Task.WhenAll([Ready, Agent ?? Task.CompletedTask, .. _drains]), limit.Token).ConfigureAwait(false);
        if (Qmp is not null)
            await FinishAsync(Qmp.Disconnected, limit.Token).ConfigureAwait(false);
        await _closed.CancelAsync().ConfigureAwait(false);
        _resources.Transport.Dispose();
        await FinishAsync(Task.WhenAll([Ready, Agent ?? Task.CompletedTask, .. _drains]), CancellationToken.None).ConfigureAwait(false);
        if (Qmp is not null)
            await Qmp.DisposeAsync().ConfigureAwait(false);
        await Panics.FinishAsync().ConfigureAwait(false); // before anybody hears of the end: the panic explains it
        CpuResets?.Dispose();
    }

    private async Task ConnectQmpAsync()
    {
        if (!_context.Spec.QmpEnabled)
        {
            Accelerator = _context.Chosen;
            return;
        }

        Stream stream = await _resources.Transport.ConnectAsync(MachineChannels.Qmp, _exited.Token).ConfigureAwait(false);
        Qmp = await QmpClient.ConnectAsync(
            stream,
            new QmpClientOptions
            {
                Logger = new SessionLogger(_context.Logger),
                TimeProvider = _context.TimeProvider,
                Events = _context.Events,
                Observer = _context.Observers,
                CommandTimeout = _context.QmpTimeout,
                NegotiationTimeout = Timeout.InfiniteTimeSpan, // the launch has a deadline of its own
            },
            _closed.Token).ConfigureAwait(false);
        if (_commandLine.Any(argument => argument.Contains("hostfwd=", StringComparison.Ordinal)))
            HostPorts = await Machine.HostPorts.ReadAsync(Qmp, _closed.Token).ConfigureAwait(false);
        Accelerator = _context.Chosen ?? await AcceleratorPolicy.DetermineAsync(_context, Qmp, _resources.Log.Read, _closed.Token).ConfigureAwait(false);
        if (CpuResetLog.IsUsefulTo(_context, Accelerator))
            CpuResets = new CpuResetLog(Qmp, _resources.WorkingPath); // nobody waits: a launch is over when QMP is ready
    }

    /// <summary>A session that ends before QEMU does is trouble that nobody may be waiting to hear of.</summary>
    private async Task WatchQmpAsync()
    {
        await FinishAsync(Ready, CancellationToken.None).ConfigureAwait(false);
        if (Qmp is null)
            return;
        QmpDisconnectedException cause = await Qmp.Disconnected.ConfigureAwait(false);
        try
        {
            await _process.Exited.WaitAsync(ClosingLimit, _context.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _context.Logger.LogWarning(cause, "Machine {Machine}: the QMP session is over, though QEMU runs on: {Cause}", _context.Name, cause.Description);
        }
    }

    private async Task<AgentSession> ConnectAgentAsync() =>
        new(await _resources.Transport.ConnectAsync(GuestAgentOption.ChannelName, _exited.Token).ConfigureAwait(false), _context.TimeProvider);

    private async Task DrainAsync(QemuConsole console)
    {
        Stream stream = await _resources.Transport.ConnectAsync(ConsoleOption.ChannelName(console.Number), _exited.Token).ConfigureAwait(false);
        await console.DrainAsync(stream, _resources.ConsoleLogs[console.Number]).ConfigureAwait(false);
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
}
