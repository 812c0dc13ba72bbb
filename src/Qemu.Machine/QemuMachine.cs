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
    private readonly QmpEventHub _eventHub = new();
    private readonly MachineContext _context;
    private readonly MachineQmp _qmp;
    private readonly Lazy<GuestShell> _shell;
    private MachineGeneration? _generation;
    private bool _starting;
    private bool _endReported;
    private bool _disposed;
    private ImmutableArray<string> _arguments;
    private ImmutableDictionary<(int GuestPort, bool Udp), int> _hostPorts = ImmutableDictionary<(int, bool), int>.Empty;

    internal QemuMachine(QemuMachineSpec spec)
    {
        Spec = spec;
        Name = spec.Name ?? string.Create(CultureInfo.InvariantCulture, $"qemu-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        _arguments = spec.Arguments;
        _directory = new MachineDirectory(spec.TempRoot);
        var waits = new GuestWaits(spec.TimeProvider, spec.Settings, () => _generation);
        Consoles = [.. spec.Consoles.Select((option, number) => new QemuConsole(this, number, option, waits, spec.Logger))];
        Views = new ScopeViews(
            _eventHub,
            new QmpEventQueueOptions { TimeProvider = spec.TimeProvider, DefaultTimeout = spec.Settings.Scale(GuestWaits.DefaultTimeout) },
            Consoles);
        Events = new MachineEvents(_eventHub, Views, waits);
        _qmp = new MachineQmp(Name, () => _generation);
        _context = new MachineContext(spec, Name, _directory, Consoles, _eventHub);
        Waits = waits;
        _shell = new Lazy<GuestShell>(CreateShell);
        MachineScope.Current?.Adopt(this);
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
    public string? CommandLine => _generation is { } generation ? ShellQuoting.Join(generation.CommandLine) : null;

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
    public GuestShell Shell => _shell.Value;

    /// <summary>Whether QEMU is running.</summary>
    public bool IsRunning => _generation is { IsRunning: true };

    /// <summary>QEMU's process id; null when it is not running.</summary>
    public int? ProcessId => _generation is { IsRunning: true } generation ? generation.Process.ProcessId : null;

    /// <summary>How the latest launch ended; null before that.</summary>
    public MachineEnd? End => _generation?.Outcome;

    /// <summary>QEMU's exit code; null while it runs, before the first launch, and when a signal ended it.</summary>
    public int? ExitCode => End?.ExitCode;

    /// <summary>The signal that ended QEMU; null while it runs and when it exited.</summary>
    public int? TerminatingSignal => End?.TerminatingSignal;

    /// <summary>All that QEMU wrote to stdout and stderr since the latest launch, while it runs and after. Bytes that are not UTF-8 read as U+FFFD; of more than 16 MiB the end is kept.</summary>
    public string Log => _generation?.Log ?? "";

    /// <summary>The machine's own directory, mode 0700: made when first asked for, removed when the machine ends.</summary>
    public string TempDirectory => _directory.GetOrCreate();

    /// <summary>Whether it was ever launched.</summary>
    internal bool WasLaunched => _generation is not null;

    internal ScopeViews Views { get; }

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
    public async Task LaunchAsync(CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, MachineScope.Current?.CancellationToken ?? default);
        linked.Token.ThrowIfCancellationRequested();
        MachineGeneration generation = await BeginAsync(linked.Token).ConfigureAwait(false);
        try
        {
            await generation.WaitForQmpAsync(linked.Token).ConfigureAwait(false);
            if (Spec.QmpEnabled && Spec.Options.OfType<UserNetworkOption>().Any(network => !network.Forwards.IsEmpty))
                _hostPorts = await HostPorts.ReadAsync(generation.Qmp!, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            await generation.KillAsync(MachineEndCause.Killed).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            lock (_gate)
                _starting = false;
        }
    }

    /// <summary>Launches the machine and waits until it is ready as <see cref="QemuMachineBuilder.ReadyWhen"/> says.</summary>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    /// <exception cref="QemuTimeoutException">It did not become ready in time; it was ended.</exception>
    /// <exception cref="QemuExitedException">It ended before it was ready.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await LaunchAsync(cancellationToken).ConfigureAwait(false);
        if (Spec.Readiness is not { } readiness)
            return;
        try
        {
            await Waits.RunAsync(
                $"machine {Name} to be ready: {readiness.Description}",
                System.Diagnostics.Debugger.IsAttached ? Timeout.InfiniteTimeSpan : Spec.Settings.Scale(Spec.ReadinessTimeout),
                async token =>
                {
                    await readiness.WaitAsync(this, _generation!.ConsoleMarks, token).ConfigureAwait(false);
                    return true;
                },
                () => Consoles.Count > 0 ? Console.Excerpt(_generation!.ConsoleMarks[0]) : null,
                cancellationToken).ConfigureAwait(false);
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
        EndAsync((end, limit) => end.RunAsync(limit, cancellationToken), timeout);

    /// <summary>Waits for the guest to power itself off; past the deadline the machine is forced down.</summary>
    /// <param name="timeout">The deadline; null: 30 s.</param>
    /// <param name="cancellationToken">Ends the patience: the machine is forced down, and the cancellation thrown.</param>
    /// <exception cref="AbnormalShutdownException">It did not power off in time, or QEMU crashed or failed.</exception>
    public Task WaitForShutdownAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        return EndAsync(
            async (end, limit) =>
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, scope);
                return await end.AwaitAsync(limit, linked.Token).ConfigureAwait(false);
            },
            timeout);
    }

    /// <summary>Ends the machine at once, SIGKILL. Does nothing when it is not running.</summary>
    public async Task KillAsync()
    {
        if (_generation is { } generation)
            await generation.KillAsync(MachineEndCause.Killed).ConfigureAwait(false);
    }

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
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not launched.</exception>
    public int HostPort(int guestPort, bool udp = false) => _hostPorts.TryGetValue((guestPort, udp), out int port)
        ? port
        : throw new QemuConfigurationException(
            $"Machine {Name} has no host port for {(udp ? "UDP" : "TCP")} port {guestPort} of the guest: add .WithUserNetwork({guestPort}), and launch it.");

    /// <summary>Connects to a TCP port of the guest through its forward.</summary>
    /// <remarks>QEMU accepts on the host's side even before the guest listens; the stream then ends at once.</remarks>
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not launched.</exception>
    /// <exception cref="SocketException">The host's port does not answer.</exception>
    public async Task<Stream> ConnectAsync(int guestPort, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, HostPort(guestPort), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A client whose requests go to an HTTP server in the guest, whatever host their address names; relative addresses work.</summary>
    /// <exception cref="QemuConfigurationException">The machine forwards no such port, or is not launched.</exception>
    public HttpClient CreateHttpClient(int guestPort)
    {
        _ = HostPort(guestPort);
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => await ConnectAsync(guestPort, token).ConfigureAwait(false),
            UseProxy = false,
        })
        {
            BaseAddress = new Uri("http://localhost/"),
        };
    }

    /// <summary>Begins a scope's own view of the machine: its events and its reading of the consoles start now.</summary>
    public void OpenScope(IMachineScope scope) => Views.Open(scope);

    /// <summary>Ends a scope's view.</summary>
    public void CloseScope(IMachineScope scope) => Views.Close(scope);

    /// <summary>Ends the machine, gracefully at first, and removes all that is left of it. Never throws for the way it ended: that is logged.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _disposed = true;
        try
        {
            await ShutdownAsync().ConfigureAwait(false);
        }
        catch (AbnormalShutdownException error)
        {
            Spec.Logger.LogWarning(error, "Machine {Machine} ended abnormally", Name);
        }

        _directory.Delete();
        foreach (QemuConsole console in Consoles)
            console.Transcript.Dispose();
    }

    private GuestShell CreateShell()
    {
        int console = Spec.Options.OfType<ShellOption>().LastOrDefault()?.Console ?? 0;
        return console < Consoles.Count
            ? new GuestShell(this, Consoles[console], Waits)
            : throw new QemuConfigurationException($"Machine {Name} has no console {console} for a shell: it has {Consoles.Count}; add .WithConsole().");
    }

    private async Task<MachineGeneration> BeginAsync(CancellationToken cancellationToken)
    {
        MachineGeneration? previous;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_starting || _generation is { IsRunning: true })
                throw new InvalidOperationException($"Machine {Name} is launched already: shut it down first.");
            _starting = true;
            previous = _generation;
        }

        try
        {
            if (previous is not null)
                await previous.Life.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _endReported = false;
                return _generation = MachineGeneration.Start(_context with { Spec = Spec with { Arguments = _arguments } });
            }
        }
        catch
        {
            lock (_gate)
                _starting = false;
            throw;
        }
    }

    private async Task EndAsync(Func<GracefulEnd, TimeSpan, Task<Exception?>> endAsync, TimeSpan? timeout)
    {
        MachineGeneration? generation;
        lock (_gate)
        {
            generation = _generation;
            if (generation is null || _endReported)
                return;
        }

        Exception? problem = null;
        try
        {
            if (generation.IsRunning)
                problem = await endAsync(new GracefulEnd(generation, Spec.TimeProvider, Spec.Logger), timeout ?? DefaultShutdownTimeout).ConfigureAwait(false);
        }
        finally
        {
            if (!generation.IsRunning)
                await generation.Ended.ConfigureAwait(false);
        }

        MachineEnd end = await generation.Ended.ConfigureAwait(false);
        lock (_gate)
            _endReported = true;
        if (end.IsAbnormal)
            throw new AbnormalShutdownException(Name, end, generation.Log, problem);
    }
}
