using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>Two connected descriptors, one for this process and one for the child; both close-on-exec, so that only an explicit hand-over reaches a child.</summary>
internal sealed class DescriptorPair(SafeHandle ours, SafeHandle theirs) : IDisposable
{
    /// <summary>
    /// Descriptors for a child are moved to numbers from here on: the launcher renumbers them to small
    /// ones in the child, and a source must not sit where another's target is.
    /// </summary>
    private const int FirstSourceNumber = 128;

    private bool _oursTaken;

    public SafeHandle Theirs => theirs;

    public static unsafe DescriptorPair CreateSocketPair()
    {
        int* fds = stackalloc int[2];
        if (Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, fds) != 0)
            throw Failure("A pair of sockets");
        return new DescriptorPair(new SafeSocketHandle(fds[0], ownsHandle: true), Raise(fds[1]));
    }

    /// <summary>A pipe whose reading end is the child's: the child sees end-of-file when this process is gone, however it ended.</summary>
    public static unsafe DescriptorPair CreatePipeToChild()
    {
        int* fds = stackalloc int[2];
        if (Libc.Pipe2(fds, Libc.O_CLOEXEC) != 0)
            throw Failure("A pipe");
        return new DescriptorPair(new SafeFileHandle(fds[1], ownsHandle: true), Raise(fds[0]));
    }

    /// <summary>A copy of a descriptor of the user's: it lives as long as the launch needs it, whatever becomes of theirs.</summary>
    public static SafeFileHandle Duplicate(SafeHandle handle)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return DuplicateAbove((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (held)
                handle.DangerousRelease();
        }
    }

    /// <summary>Our end, which from then on is the caller's to close.</summary>
    public SafeHandle TakeOurs()
    {
        _oursTaken = true;
        return ours;
    }

    /// <summary>Our end of a pipe to the child, to write to; a write that would block fails instead.</summary>
    public FileStream TakeOursForWriting()
    {
        var pipe = (SafeFileHandle)TakeOurs();
        _ = Libc.FcntlInt((int)pipe.DangerousGetHandle(), Libc.F_SETFL, Libc.O_NONBLOCK);
        return new FileStream(pipe, FileAccess.Write, bufferSize: 0);
    }

    public void Dispose()
    {
        if (!_oursTaken)
            ours.Dispose();
        theirs.Dispose();
    }

    private static SafeFileHandle Raise(int fd)
    {
        using var low = new SafeFileHandle(fd, ownsHandle: true);
        return DuplicateAbove(fd);
    }

    private static SafeFileHandle DuplicateAbove(int fd)
    {
        int copy = Libc.FcntlInt(fd, Libc.F_DUPFD_CLOEXEC, FirstSourceNumber);
        return copy >= 0
            ? new SafeFileHandle(copy, ownsHandle: true)
            : throw Failure("A copy of a descriptor");
    }

    private static Win32Exception Failure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Libc.EINVAL)
            error = Libc.EMFILE; // the limit lies below the number that was asked for
        return new Win32Exception(error, $"{what} could not be made: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
