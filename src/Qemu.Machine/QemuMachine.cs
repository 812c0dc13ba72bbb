using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// A virtual machine: a stable handle that can be launched, ended and launched again. <see cref="Qmp"/>,
/// <see cref="Console"/> and <see cref="Events"/> stay the same objects throughout. Thread-safe.
/// </summary>
/// <remarks>
/// However the process that owns it ends, QEMU ends with it. Disposal returns once QEMU is dead and its directory gone.
/// </remarks>
public sealed class QemuMachine : IAsyncDisposable
{
    /// <summary>How long a graceful end may take by default.</summary>
    public static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(30);

    private static int s_count;

    private readonly Lock _gate = new();
    private readonly MachineDirectory _directory;
    private readonly MachineContext _context;
    private readonly MachineLives _lives;
    private readonly MachineQmp _qmp;
    private readonly MachineTemplate _template;
    private readonly GuestPorts _ports;
    private readonly GuestFacilities _guest;
    private readonly MachinePanics _panics;
    private readonly LaunchWatch _watch;
    private ImmutableArray<string> _arguments;

    internal QemuMachine(QemuMachineSpec spec, QemuTemplate? template = null, bool adopted = true)
    {
        Spec = spec;
        _template = new MachineTemplate(spec, template);
        Name = spec.Name ?? string.Create(CultureInfo.InvariantCulture, $"qemu-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        _arguments = spec.Arguments;
        _directory = new MachineDirectory(spec.TempRoot);
        _lives = new MachineLives(Name);
        _qmp = new MachineQmp(Name, _lives);
        _ports = new GuestPorts(Name, _lives);
        var waits = new GuestWaits(Name, spec.TimeProvider, spec.Settings, _lives);
        var events = new QmpEventHub();
        Consoles = [.. spec.Consoles.Select((option, number) => new QemuConsole(this, number, option, waits, spec.Logger))];
        Views = new ScopeViews(
            events,
            new QmpEventQueueOptions { TimeProvider = spec.TimeProvider, DefaultTimeout = spec.Settings.Scale(GuestWaits.DefaultTimeout) },
            Consoles);
        Events = new MachineEvents(events, Views, waits);
        Waits = waits;
        _guest = new GuestFacilities(this, () => _lives.Current?.Agent);
        _panics = new MachinePanics(this);
        _watch = new LaunchWatch(this);
        _context = new MachineContext(spec, Name, _directory, Consoles, events) { Panics = _panics, Observers = Observers };
        if (adopted)
            Adopt();
    }

    /// <summary>What the machine is made of.</summary>
    public QemuMachineSpec Spec { get; }

    /// <summary>The machine's name: the prefix of its files, and its name in logs and messages.</summary>
    public string Name { get; }

    /// <summary>The user's own arguments, as given.</summary>
    public IReadOnlyList<string> Arguments
    {
        get
        {
            lock (_gate)
                return _arguments;
        }
    }

    /// <summary>The command line of the latest launch, quoted so that it can be pasted into a shell; null before the first.</summary>
    public string? CommandLine => _lives.Current is { } generation ? ShellQuoting.Join(generation.CommandLine) : null;

    /// <summary>QMP: commands go to the session of the moment.</summary>
    public QmpChannel Qmp => _qmp;

    /// <summary>QMP events.</summary>
    public MachineEvents Events { get; }

    /// <summary>All consoles, in the order in which they were added.</summary>
    public IReadOnlyList<QemuConsole> Consoles { get; }

    /// <summary>The first console.</summary>
    /// <exception cref="QemuConfigurationException">The machine has none.</exception>
    public QemuConsole Console => Consoles.Count > 0
        ? Consoles[0]
        : throw new QemuConfigurationException($"Machine {Name} has no console: add .WithConsole().");

    /// <summary>Runs commands in the guest, through a shell that stands on the first console or on the one that <see cref="QemuMachineBuilder.WithShell"/> names.</summary>
    /// <exception cref="QemuConfigurationException">The machine has no such console.</exception>
    public GuestShell Shell => _guest.Shell;

    /// <summary>The QEMU guest agent.</summary>
    /// <exception cref="QemuConfigurationException">The machine has none.</exception>
    public GuestAgent GuestAgent => _guest.Agent;

    /// <summary>Files in and out of the running guest.</summary>
    /// <exception cref="QemuConfigurationException">The machine has neither agent nor console.</exception>
    public GuestFiles Files => _guest.Files;

    /// <summary>Screen, keyboard and mouse.</summary>
    /// <exception cref="QemuConfigurationException">The machine has no display.</exception>
    public MachineScreen Screen => _guest.Screen;

    /// <summary>Network cards: links, captures.</summary>
    public MachineNetwork Network => _guest.Network;

    /// <summary>Faults on purpose.</summary>
    public MachineFaults Faults => _guest.Faults;

    /// <summary>The guest's first panic since the latest launch; null while there is none. With one, allowed or not, the guest is broken until the machine is launched again.</summary>
    public GuestPanic? Panic => _lives.Current?.Panic;

    /// <summary>Raised at the first panic of each launch, allowed or not, on a thread of the watcher's; handlers should return soon.</summary>
    public event EventHandler<GuestPanicEventArgs>? PanicOccurred
    {
        add => _panics.AddHandler(value);
        remove => _panics.RemoveHandler(value);
    }

    /// <summary>Whether QEMU is running.</summary>
    public bool IsRunning => _lives.Current is { IsRunning: true };

    /// <summary>QEMU's process id, or that of a wrapper which stays in front of it; null when it is not running.</summary>
    public int? ProcessId => _lives.Current is { IsRunning: true } generation ? generation.Process.ProcessId : null;

    /// <summary>How the latest <see cref="StartAsync"/> came about: a boot or a clone of a template; null before the first.</summary>
    public MachineStart? LatestStart { get; internal set; }

    /// <summary>How the latest launch ended; null until it has, clean-up included.</summary>
    public MachineEnd? End => _lives.Current?.Outcome;

    /// <summary>QEMU's exit code; null while it runs, before the first launch, and when a signal ended it.</summary>
    public int? ExitCode => _lives.Current?.Process.Status?.ExitCode;

    /// <summary>The signal that ended QEMU; null while it runs and when it exited.</summary>
    public int? TerminatingSignal => _lives.Current?.Process.Status?.Signal;

    /// <summary>What the latest launch runs on, and why; null until it is ready, and without QMP unless the accelerator was chosen by this library.</summary>
    public AcceleratorChoice? Accelerator => _lives.Current?.Accelerator;

    /// <summary>All that QEMU wrote to stdout and stderr since the latest launch, while it runs and after. Bytes that are not UTF-8 read as U+FFFD; of more than 16 MiB the end is kept.</summary>
    public string Log => _lives.Current?.Log ?? "";

    /// <summary>The programs that run beside QEMU since the latest launch, such as virtiofsd: the machine starts and ends them.</summary>
    public IReadOnlyList<MachineCompanion> Companions => _lives.Current?.Companions ?? [];

    /// <summary>The machine's own directory, mode 0700: made when first asked for, removed when the machine ends.</summary>
    /// <exception cref="IOException">The directory under which it goes does not exist, or cannot be written to.</exception>
    /// <exception cref="ObjectDisposedException">The machine was disposed of.</exception>
    public string TempDirectory => _directory.GetOrCreate();

    /// <summary>QEMU's version, known from the first launch with QMP on.</summary>
    internal Version? QemuVersion => _lives.Current?.Qmp?.Greeting.Version;

    /// <summary>The specification with the arguments that were added later.</summary>
    internal QemuMachineSpec CurrentSpec => Spec with { Arguments = [.. Arguments] };

    /// <summary>What the latest launch was rendered from; null before the first.</summary>
    internal QemuMachineSpec? LaunchedSpec => _lives.Current?.Spec;

    /// <summary>The machine's directory as the latest launch had it, which may be gone; null before the first.</summary>
    internal string? KnownDirectory => _lives.Current?.WorkingPath;

    /// <summary>Whether it was ever launched.</summary>
    internal bool WasLaunched => _lives.Current is not null;

    internal ScopeViews Views { get; }

    /// <summary>Whether it has a display, so that pictures can be taken.</summary>
    internal bool HasScreen => _guest.HasScreen;

    /// <summary>The observers of the machine.</summary>
    internal MachineObservers Observers { get; } = new();

    /// <summary>Its launches, past and present.</summary>
    internal LaunchWatch Watch => _watch;

    /// <summary>The file behind <see cref="Log"/>; null before the first launch.</summary>
    internal QemuLog? LogFile => _lives.Current?.LogFile;

    internal GuestWaits Waits { get; }

    /// <summary>Appends arguments of your own; they count from the next launch on.</summary>
    public void AddArguments(params IEnumerable<string> arguments)
    {
        lock (_gate)
            _arguments = [.. _arguments, .. arguments];
    }

    /// <summary>Launches QEMU; ends when QMP is ready for commands (without QMP: when the process is started).</summary>
    /// <remarks>
    /// QMP's greeting proves nothing, QEMU sends it before it has opened devices, kernel or disks: ready is when the
    /// reply to <c>qmp_capabilities</c> came. A cancellation takes the machine down again.
    /// </remarks>
    /// <exception cref="QemuLaunchException">It did not start; nothing is left of it.</exception>
    /// <exception cref="InvalidOperationException">It is launched already.</exception>
    /// <exception cref="ObjectDisposedException">The machine was disposed of.</exception>
    public Task LaunchAsync(CancellationToken cancellationToken = default) =>
        LaunchAsync(_template.IsWanted ? TemplateSpec.ForBoot(CurrentSpec) : CurrentSpec, cancellationToken);

    /// <summary>Launches what is rendered from another specification: the same machine, otherwise started.</summary>
    internal async Task LaunchAsync(QemuMachineSpec launched, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, MachineScope.Current?.CancellationToken ?? default);
        IDisposable? room = null;
        try
        {
            linked.Token.ThrowIfTaskCancelled();
            (QemuMachineSpec spec, AcceleratorChoice? chosen) = await AcceleratorPolicy.ResolveAsync(launched, linked.Token).ConfigureAwait(false);
            spec = await MicrovmClockHint.ApplyAsync(spec).ConfigureAwait(false);
            if (chosen is not null)
                _context.Logger.LogInformation("Machine {Machine} is launched on {Accelerator}", Name, chosen);
            room = await StartAdmission.ForLaunchAsync(this, linked.Token).ConfigureAwait(false);
            await _watch.LaunchAsync(() => _lives.LaunchAsync(() => _context with { Spec = spec, Chosen = chosen, Room = room }, linked.Token)).ConfigureAwait(false);
            room = null; // the machine's life gives it back
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfTaskCancelled();
            throw;
        }
        finally
        {
            room?.Dispose();
        }
    }

    /// <summary>
    /// Launches the machine and waits until it is ready as <see cref="QemuMachineBuilder.ReadyWhen"/> says. With a template it is
    /// cloned from that instead, ready at once; where no clone can be had it is booted, and <see cref="LatestStart"/> says why.
    /// </summary>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    /// <exception cref="QemuTimeoutException">It did not become ready in time; it was ended.</exception>
    /// <exception cref="QemuExitedException">It ended before it was ready.</exception>
    /// <exception cref="GuestPanicException">Its guest panicked before it was ready; it was ended.</exception>
    /// <exception cref="QemuConfigurationException">It has a template, and something that no template can be made of.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        // First room on the host, then a place in the gate: a start that waits for room must not keep others from the gate.
        using StartAdmission admission = await StartAdmission.RequestAsync(this, cancellationToken).ConfigureAwait(false);
        admission.Enter();
        await (MachineScope.Current?.RunStartAsync(StartNowAsync, cancellationToken) ?? StartNowAsync(cancellationToken)).ConfigureAwait(false);
    }

    private async Task StartNowAsync(CancellationToken cancellationToken) =>
        LatestStart = await new StartSequence(this, _template).RunAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits until the launched machine is ready; it is ended when it does not become so.</summary>
    internal async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        if (Spec.Readiness is not { } readiness)
            return;
        IReadOnlyList<ConsoleMark> launch = _lives.Current!.ConsoleMarks;
        try
        {
            await _watch.WaitUntilReadyAsync(readiness.Description, () => Waits.RunAsync(
                $"machine {Name} to be ready: {readiness.Description}",
                System.Diagnostics.Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Spec.Settings.Scale(Spec.ReadinessTimeout),
                async token =>
                {
                    await _lives.Current.Watched.WaitAsync(token).ConfigureAwait(false);
                    await readiness.WaitAsync(this, launch, token).ConfigureAwait(false);
                    return true;
                },
                () => Consoles.Count > 0 ? Console.Excerpt(launch[0]) : null,
                cancellationToken)).ConfigureAwait(false);
        }
        catch
        {
            await KillAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the machine gracefully: QEMU's <c>quit</c>; past the deadline by force. It is down and cleaned up when this returns or throws.</summary>
    /// <remarks>Does nothing when the machine was never launched, or when its end was reported before. May be called from several tasks.</remarks>
    /// <param name="timeout">The deadline; null: 30 s.</param>
    /// <param name="cancellationToken">Ends the patience, not the end: the machine is killed, and the cancellation thrown.</param>
    /// <exception cref="AbnormalShutdownException">It had to be forced, or had crashed or failed before.</exception>
    public Task ShutdownAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lives.EndAsync(TimeLimits.Require(timeout ?? DefaultShutdownTimeout, nameof(timeout)), (end, limit) => end.RunAsync(limit, cancellationToken));

    /// <summary>Waits for the guest to power itself off; past the deadline the machine is forced down.</summary>
    /// <param name="timeout">The deadline; null: 30 s.</param>
    /// <param name="cancellationToken">Ends the patience: the machine is forced down, and the cancellation thrown.</param>
    /// <exception cref="AbnormalShutdownException">It did not power off in time, or QEMU crashed or failed.</exception>
    public Task WaitForShutdownAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        return _lives.EndAsync(
            TimeLimits.Require(timeout ?? DefaultShutdownTimeout, nameof(timeout)),
            async (end, limit) =>
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, scope);
                return await end.AwaitAsync(limit, linked.Token).ConfigureAwait(false);
            });
    }

    /// <summary>Ends the machine at once, SIGKILL. Does nothing when it is not running.</summary>
    public Task KillAsync() => _lives.KillAsync();

    /// <summary>Sends an open descriptor to QEMU over the QMP socket (SCM_RIGHTS), for the <c>getfd</c> or <c>add-fd</c> that follows. QEMU keeps only the last one sent before that.</summary>
    /// <exception cref="QmpDescriptorException">The connection cannot carry descriptors, as TCP cannot.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    public async Task SendFileDescriptorAsync(SafeHandle handle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        await _qmp.SendFileDescriptorAsync(handle, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a file read-only and sends its descriptor to QEMU.</summary>
    /// <inheritdoc cref="SendFileDescriptorAsync(SafeHandle, CancellationToken)"/>
    public async Task SendFileDescriptorAsync(string path, CancellationToken cancellationToken = default)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        await SendFileDescriptorAsync(file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The host's port that leads to a port of the guest.</summary>
    /// <param name="guestPort">A port given to <see cref="QemuMachineBuilder.WithUserNetwork"/>.</param>
    /// <param name="udp">Whether it is a UDP port.</param>
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not running.</exception>
    public int HostPort(int guestPort, bool udp = false) => _ports.HostPort(guestPort, udp);

    /// <summary>Connects to a TCP port of the guest through its forward.</summary>
    /// <remarks>QEMU accepts on the host's side even before the guest listens; the stream then ends at once.</remarks>
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not running.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    /// <exception cref="SocketException">The host's port does not answer, though QEMU runs.</exception>
    public Task<Stream> ConnectAsync(int guestPort, CancellationToken cancellationToken = default) =>
        _ports.ConnectAsync(guestPort, cancellationToken);

    /// <summary>A client whose requests go to an HTTP server in the guest, whatever host their address names; relative addresses work.</summary>
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not running.</exception>
    public HttpClient CreateHttpClient(int guestPort) => _ports.CreateHttpClient(guestPort);

    /// <summary>Allows panics in the running test until the result is disposed of: for tests that provoke one, and wait for it with <see cref="PanicAllowance.WaitAsync"/>.</summary>
    /// <param name="text">What the panic's title or trace must hold; null: any panic.</param>
    public PanicAllowance AllowPanics(string? text = null) => _panics.Allow(text);

    /// <summary>Makes the machine part of the calling code's scope, which sees from now on all that the machine does, before any wait too.</summary>
    internal void Adopt()
    {
        if (MachineScope.Current is not { } scope)
            return;
        Views.Open(scope);
        scope.Adopt(this);
    }

    /// <summary>Begins a scope's own view of the machine: its events and its reading of the consoles start now.</summary>
    public void OpenScope(IMachineScope scope) => Views.Open(scope);

    /// <summary>Ends a scope's view.</summary>
    public void CloseScope(IMachineScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        Views.Close(scope);
        _lives.Current?.Panics.Tokens.Forget(scope);
    }

    /// <summary>Ends the machine, gracefully at first, and removes all that is left of it. Never throws for the way it ended: that is logged.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lives.DisposeAsync(DefaultShutdownTimeout, _context.Logger).ConfigureAwait(false);
        try
        {
            _directory.Close();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _context.Logger.LogWarning(error, "Machine {Machine}: its directory could not be removed", Name);
        }

        foreach (QemuConsole console in Consoles)
            console.Transcript.Dispose();
        await _template.DisposeAsync().ConfigureAwait(false);
    }
}
