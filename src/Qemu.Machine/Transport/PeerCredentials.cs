using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED, unix(7)).</summary>
internal static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UserIdOffset = 4;
    private const int Size = 12;

    /// <summary>Whether it is a process of this user's, or root's.</summary>
    public static bool IsTrusted(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[Size];
        int length = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return length == Size
            && MemoryMarshal.Read<uint>(credentials[UserIdOffset..]) is var user
            && (user == 0 || user == Libc.GetEffectiveUserId());
    }
}
