using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>What one life of a machine holds besides its process: directory, log, console logs, channels, descriptors, lifeline.</summary>
internal sealed class MachineResources : IDisposable
{
    private static readonly TimeSpan s_companionLimit = TimeSpan.FromSeconds(2);

    private readonly MachineContext _context;
    private readonly Stack<IDisposable> _held = [];
    private readonly List<MachineCompanion> _companions = [];
    private ChildProcess? _process;

    /// <summary>Prepares all that must be there before the process starts. What fails leaves nothing.</summary>
    public MachineResources(MachineContext context)
    {
        _context = context;
        QemuMachineSpec spec = context.Spec;
        try
        {
            Hold(context.Room);
            WorkingPath = context.Directory.GetOrCreate();
            if (spec.LogDirectory is not null)
                Directory.CreateDirectory(spec.LogDirectory);
            Log = Hold(new QemuLog(Path.Combine(spec.LogDirectory ?? WorkingPath, context.Name + ".log"), stays: spec.LogDirectory is not null));
            ConsoleLogs = [.. context.Consoles.Select(console => Hold(console.OpenFiles(WorkingPath)))];
            Descriptors = Hold(new LaunchDescriptors());
            Transport = Hold(CreateTransport(context));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string WorkingPath { get; }

    public QemuLog Log { get; }

    /// <summary>For each console, the user's own copy of its bytes; null where none is wanted.</summary>
    public IReadOnlyList<FileStream?> ConsoleLogs { get; }

    public IMachineTransport Transport { get; }

    public LaunchDescriptors Descriptors { get; }

    /// <summary>The programs beside QEMU.</summary>
    public IReadOnlyList<MachineCompanion> Companions => _companions;

    /// <summary>Starts the program under a lifeline, its companions first, and closes this process's copies of what went along.</summary>
    public ChildProcess Spawn(string executable, IReadOnlyList<string> arguments)
    {
        foreach (CompanionProgram program in Descriptors.Companions)
        {
            MachineCompanion companion = Hold(MachineCompanion.Start(program, WorkingPath));
            _companions.Add(companion);
            _context.Directory.Note(companion.Identity);
        }

        using SafeHandle output = Log.OpenForChild();
        Lifeline lifeline = Hold(Lifeline.Start(new SpawnRequest(executable, arguments, output, Descriptors.Items), Log.Path, out _process));
        _context.Directory.Note(lifeline.Watched);
        Descriptors.Dispose();
        return _process;
    }

    /// <summary>For a start that fails: kills the process, where there is one already, and cleans up.</summary>
    public void Abandon()
    {
        _process?.Signal(Libc.SIGKILL);
        Dispose();
    }

    /// <summary>Once QEMU is gone: ends what ran beside it. One that the kernel keeps, as in a wait for a lost file server, is not waited for long.</summary>
    public async Task StopCompanionsAsync()
    {
        try
        {
            await Task.WhenAll(_companions.Select(companion => companion.StopAsync())).WaitAsync(s_companionLimit, _context.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _context.Logger.LogWarning("Machine {Machine}: a companion survives SIGKILL", _context.Name);
        }
    }

    /// <summary>The order of clean-up is the order of acquisition, backwards: lifeline, channels, logs, directory.</summary>
    public void Dispose()
    {
        while (_held.TryPop(out IDisposable? part))
            Release(part.Dispose);
        Release(_context.Directory.Delete);
    }

    [return: NotNullIfNotNull(nameof(part))]
    private T? Hold<T>(T? part)
        where T : class, IDisposable
    {
        if (part is not null)
            _held.Push(part);
        return part;
    }

    private void Release(Action release)
    {
        try
        {
            release();
        }
        catch (Exception error)
        {
            _context.Logger.LogWarning(error, "Machine {Machine}: something of it could not be removed", _context.Name);
        }
    }

    private IMachineTransport CreateTransport(MachineContext context) => ChannelAddresses.Of(context.Spec, context.Name) is { } addresses
        ? new ListeningTransport(addresses, context.Logger)
        : new SocketPairTransport(Descriptors);
}
