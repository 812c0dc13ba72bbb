using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary><c>waitid</c>: a child's true exit status, in which <c>exit 137</c> is not SIGKILL.</summary>
internal static unsafe class ProcessWait
{
    // The fields of siginfo_t that waitid fills, at their place on 64-bit Linux.
    private const int InfoSize = 128;
    private const int CodeOffset = 8;
    private const int StatusOffset = 24;

    /// <summary>Blocks until a child has ended.</summary>
    /// <param name="processId">A child of this process.</param>
    /// <param name="leaveZombie">Whether it stays a zombie, whose id cannot become another process's.</param>
    /// <param name="orStopped">Whether to return also when it was stopped.</param>
    public static ExitStatus Wait(int processId, bool leaveZombie = false, bool orStopped = false)
    {
        int options = Libc.WEXITED | (leaveZombie ? Libc.WNOWAIT : 0) | (orStopped ? Libc.WSTOPPED : 0);
        byte* info = stackalloc byte[InfoSize];
        while (Libc.WaitId(Libc.P_PID, processId, info, options) != 0)
        {
            // ECHILD: somebody reaped all children of this process. The status is lost; say so instead of guessing one.
            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
                return default;
        }

        int status = *(int*)(info + StatusOffset);
        return *(int*)(info + CodeOffset) == Libc.CLD_EXITED
            ? new ExitStatus(status, Signal: null)
            : new ExitStatus(ExitCode: null, status);
    }
}
