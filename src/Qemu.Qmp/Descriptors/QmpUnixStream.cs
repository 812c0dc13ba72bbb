using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qemu.Qmp;

/// <summary>A connected Unix socket as a stream that can carry file descriptors to QEMU. It owns the socket.</summary>
public sealed class QmpUnixStream : NetworkStream, IQmpDescriptorTransport
{
    // White space between two JSON values means nothing to QMP.
    private static readonly byte[] Filler = " "u8.ToArray();

    /// <summary>Takes over a connected stream socket of the Unix address family.</summary>
    /// <exception cref="ArgumentException"><paramref name="socket"/> is not a Unix socket.</exception>
    public QmpUnixStream(Socket socket)
        : base(RequireUnix(socket), ownsSocket: true)
    {
    }

    /// <inheritdoc/>
    /// <exception cref="PlatformNotSupportedException">The host is not 64-bit Linux.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, SafeHandle descriptor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length, nameof(bytes));

        // When the socket is full, an ordinary write is what waits for room; after it there is some.
        while (!DescriptorMessage.TrySend(Socket.SafeHandle, bytes.Span[0], descriptor))
            await WriteAsync(Filler, cancellationToken).ConfigureAwait(false);

        if (bytes.Length > 1)
            await WriteAsync(bytes[1..], cancellationToken).ConfigureAwait(false);
    }

    private static Socket RequireUnix(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return socket.AddressFamily == AddressFamily.Unix
            ? socket
            : throw new ArgumentException($"A Unix socket is needed, not one of the family {socket.AddressFamily}.", nameof(socket));
    }
}
