using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Listens on Unix or TCP sockets that QEMU dials when it starts: for endpoints the user names, and for wrappers that close descriptors or move QEMU elsewhere.</summary>
internal sealed class ListeningTransport(ChannelAddresses addresses, ILogger logger) : IMachineTransport
{
    private readonly Dictionary<string, Socket> _listeners = [];
    private readonly List<string> _paths = [];
    private readonly List<Socket> _accepted = [];

    public string Open(string name)
    {
        EndPoint endPoint = addresses.For(name);
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listeners.Add(name, listener);
        try
        {
            listener.Bind(endPoint);
        }
        catch (SocketException error)
        {
            throw new QemuConfigurationException($"The channel '{name}' cannot listen on {endPoint}: {error.Message}.", error);
        }

        string properties = ChardevProperties(listener, endPoint);
        listener.Listen(1);
        return properties;
    }

    public async ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellationToken)
    {
        using Socket listener = _listeners[name];
        Socket socket = await AcceptAsync(listener, cancellationToken).ConfigureAwait(false);
        lock (_accepted)
            _accepted.Add(socket);
        if (socket.AddressFamily == AddressFamily.Unix)
            return new QmpUnixStream(socket);
        socket.NoDelay = true;
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose()
    {
        foreach (Socket listener in _listeners.Values)
            listener.Dispose();
        lock (_accepted)
        {
            foreach (Socket socket in _accepted)
                socket.Dispose();
        }

        foreach (string path in _paths)
            File.Delete(path);
    }

    private string ChardevProperties(Socket listener, EndPoint endPoint)
    {
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

    /// <summary>Accepts; one that dialled in before the cancellation still counts, for it may have left its last words.</summary>
    private async Task<Socket> AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                socket = await listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false);
            }

            // A socket in a directory has permissions. An abstract one has none: anybody on the host could be first.
            if (!addresses.AreAbstract || PeerCredentials.IsTrusted(socket))
                return socket;
            logger.LogWarning("Somebody else's process dialled {EndPoint} and was turned away", listener.LocalEndPoint);
            socket.Dispose();
        }
    }
}
