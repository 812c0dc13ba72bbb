using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>What one life of a machine holds besides its process: directory, log, channels, descriptors, lifeline.</summary>
internal sealed class MachineResources : IDisposable
{
    private readonly MachineDirectory _directory;
    private Lifeline? _lifeline;

    public MachineResources(MachineContext context)
    {
        QemuMachineSpec spec = context.Spec;
        _directory = context.Directory;
        WorkingPath = _directory.GetOrCreate();
        Log = new QemuLog(Path.Combine(spec.LogDirectory ?? WorkingPath, context.Name + ".log"));
        Transport = CreateTransport(spec, context.Name);
    }

    public string WorkingPath { get; }

    public QemuLog Log { get; }

    public IMachineTransport Transport { get; }

    public LaunchDescriptors Descriptors { get; } = new();

    /// <summary>Starts the program under a lifeline, and closes this process's copies of what went along.</summary>
    public ChildProcess Spawn(string executable, IReadOnlyList<string> arguments)
    {
        using SafeHandle output = Log.OpenForChild();
        _lifeline = Lifeline.Start(new SpawnRequest(executable, arguments, output, Descriptors.Items), out ChildProcess process);
        Descriptors.Dispose();
        return process;
    }

    /// <summary>The order of clean-up: channels, log, lifeline, directory.</summary>
    public void Dispose()
    {
        Transport.Dispose();
        Descriptors.Dispose();
        Log.Dispose();
        _lifeline?.Dispose();
        _directory.Delete();
    }

    private IMachineTransport CreateTransport(QemuMachineSpec spec, string name)
    {
        string sockets = spec.SocketDirectory ?? WorkingPath;
        EndPoint? endPoint = spec.QmpEndPoint
            ?? (spec.SocketDirectory is null ? null : new UnixDomainSocketEndPoint(Path.Combine(sockets, name + "-qmp.sock")));
        return endPoint is null ? new SocketPairTransport(Descriptors) : new ListeningTransport(endPoint, sockets, name);
    }
}
