using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Listens on Unix or TCP sockets that QEMU dials when it starts: for endpoints the user names, and for wrappers that close descriptors or move QEMU elsewhere.</summary>
internal sealed class ListeningTransport(EndPoint qmpEndPoint, string socketDirectory, string machineName) : IMachineTransport
{
    private readonly Dictionary<string, Socket> _listeners = [];
    private readonly List<string> _paths = [];

    public string Open(string name)
    {
        EndPoint endPoint = name == MachineChannels.Qmp ? qmpEndPoint : Sibling(name);
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listeners.Add(name, listener);
        listener.Bind(endPoint);
        listener.Listen(1);
        if (endPoint is not UnixDomainSocketEndPoint)
        {
            var bound = (IPEndPoint)listener.LocalEndPoint!;
            return string.Create(CultureInfo.InvariantCulture, $"host={bound.Address},port={bound.Port},nodelay=on");
        }

        string path = endPoint.ToString()!;
        if (path.StartsWith('@'))
            return $"path={CommandLineBuilder.EscapeCommas(path[1..])},abstract=on";
        _paths.Add(path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return "path=" + CommandLineBuilder.EscapeCommas(path);
    }

    public async ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        using Socket listener = _listeners[name];
        Socket socket = await AcceptAsync(listener, cancellationToken).ConfigureAwait(false);
        if (socket.AddressFamily == AddressFamily.Unix)
            return new QmpUnixStream(socket);
        socket.NoDelay = true;
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose()
    {
        foreach (Socket listener in _listeners.Values)
            listener.Dispose();
        foreach (string path in _paths)
            File.Delete(path);
    }

    /// <summary>Accepts; one that dialled in before the cancellation still counts, for it may have left its last words.</summary>
    private static async Task<Socket> AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        try
        {
            return await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            return await listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Where the other channels of the machine listen: beside QMP, on the same kind of address.</summary>
    private EndPoint Sibling(string name) => qmpEndPoint switch
    {
        IPEndPoint ip => new IPEndPoint(ip.Address, port: 0),
        _ => new UnixDomainSocketEndPoint(Path.Combine(socketDirectory, $"{machineName}-{name}.sock")),
    };
}
