using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qemu.Qmp;

// sendmsg(2) with SCM_RIGHTS, which .NET does not offer. See unix(7) and cmsg(3).
internal static unsafe partial class DescriptorMessage
{
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgDontWait = 0x40;
    private const int MsgNoSignal = 0x4000;
    private const int Eintr = 4;
    private const int Ebadf = 9;
    private const int Eagain = 11;
    private const int Etoomanyrefs = 109;

    // Sends one byte and the descriptor; false when the socket is full.
    public static bool TrySend(SafeSocketHandle socket, byte data, SafeHandle descriptor)
    {
        // The layouts below are those of 64-bit Linux, x64 and arm64 alike; macOS has others.
        if (!OperatingSystem.IsLinux() || nint.Size != 8)
            throw new PlatformNotSupportedException("Descriptors can be sent on 64-bit Linux only.");

        bool borrowed = false;
        try
        {
            descriptor.DangerousAddRef(ref borrowed);
            return TrySend(socket, data, (int)descriptor.DangerousGetHandle());
        }
        finally
        {
            if (borrowed)
                descriptor.DangerousRelease();
        }
    }

    private static bool TrySend(SafeSocketHandle socket, byte data, int descriptor)
    {
        ControlMessage control = new()
        {
            Length = (nuint)(sizeof(ControlMessage) - sizeof(int)),     // CMSG_LEN(4): without the padding
            Level = SolSocket,
            Type = ScmRights,
            Descriptor = descriptor,
        };
        IoVector vector = new() { Base = &data, Length = 1 };
        MessageHeader header = new()
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(ControlMessage),
        };

        while (sendmsg(socket, &header, MsgDontWait | MsgNoSignal) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Eintr:
                    continue;
                case Eagain:
                    return false;
                case Ebadf or Etoomanyrefs:
                    throw new QmpDescriptorException($"The kernel did not send descriptor {descriptor}: {Marshal.GetPInvokeErrorMessage(error)}.");
                default:
                    throw new IOException($"sendmsg: {Marshal.GetPInvokeErrorMessage(error)}.", NativeSocketError.ToException(error));
            }
        }

        return true;
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint sendmsg(SafeSocketHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public ControlMessage* Control;
        public nuint ControlLength;
        public nint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }
}
