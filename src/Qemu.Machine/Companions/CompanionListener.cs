using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>A listening socket for a companion that accepts its one connection itself, as virtiofsd does, and QEMU's connection to it.</summary>
internal static class CompanionListener
{
    /// <summary>Connects to a listener and removes its name, so that nobody else can connect.</summary>
    /// <returns>QEMU's end, and the listener as the other one.</returns>
    public static DescriptorPair Create()
    {
        // Only its user can enter it; and by way of its descriptor a socket's path is short, however long the directory's is.
        string directory = Path.Combine(Path.GetTempPath(), "qemu-companion-" + RandomNumberGenerator.GetHexString(12, lowercase: true));
        if (!Libc.MakeDirectory(directory))
            throw new IOException($"The directory '{directory}' is there already.");
        try
        {
            using SafeFileHandle handle = OpenDirectory(directory);
            var endPoint = new UnixDomainSocketEndPoint($"/proc/self/fd/{handle.DangerousGetHandle()}/s");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(endPoint);
            listener.Listen(1);
            using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            connection.Connect(endPoint);

            // .NET's sockets may be non-blocking; what QEMU and the companion get must be as if they had made it.
            listener.Blocking = true;
            connection.Blocking = true;
            return new DescriptorPair(DescriptorPair.Duplicate(connection.SafeHandle), DescriptorPair.Duplicate(listener.SafeHandle));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        int descriptor = Libc.Open(path, Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_RDONLY);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"opening the directory '{path}' failed");
    }
}
