using System.Net.Sockets;

namespace Tests.Qmp;

/// <summary>Two connected Unix sockets.</summary>
internal static class SocketPair
{
    public static async Task<(Socket Client, Socket Peer)> CreateAsync(CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("qmp-test-").FullName;
        try
        {
            UnixDomainSocketEndPoint endPoint = new(Path.Combine(directory, "s"));
            using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(endPoint);
            listener.Listen();
            Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(endPoint, cancellationToken);
            return (client, await listener.AcceptAsync(cancellationToken));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
