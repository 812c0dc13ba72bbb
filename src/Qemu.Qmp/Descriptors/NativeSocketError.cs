using System.Net.Sockets;

namespace Qemu.Qmp;

// The two errors that mean "the peer has gone", told the way .NET's own socket calls tell them.
internal static class NativeSocketError
{
    private const int Epipe = 32;
    private const int Econnreset = 104;

    public static SocketException ToException(int errno) => errno switch
    {
        Epipe => new SocketException((int)SocketError.Shutdown),
        Econnreset => new SocketException((int)SocketError.ConnectionReset),
        _ => new SocketException(errno),
    };

    public static bool MeansPeerClosed(Exception error) =>
        error is IOException { InnerException: SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted } };
}
