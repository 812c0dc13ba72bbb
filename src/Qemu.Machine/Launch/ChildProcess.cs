using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>
/// A process of our own in a session and process group of its own, with its true exit status.
/// </summary>
/// <remarks>
/// A thread blocks in <c>waitid</c> for as long as the process lives. When the leader has ended, the rest of its
/// group is killed while the leader is still a zombie (its id cannot be given to another process before it is
/// reaped), so that nothing a wrapper started outlives it.
/// </remarks>
internal sealed class ChildProcess
{
    private const int WaiterStackSize = 128 * 1024;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    private ChildProcess(int processId) => ProcessId = processId;

    public int ProcessId { get; }

    /// <summary>Completes when the process has ended and been reaped.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    public bool IsRunning => !_exited.Task.IsCompleted;

    public static ChildProcess Spawn(SpawnRequest request)
    {
        var process = new ChildProcess(PosixSpawner.Spawn(request));
        var waiter = new Thread(process.WaitForExit, WaiterStackSize)
        {
            IsBackground = true,
            Name = $"wait for process {process.ProcessId}",
        };
        waiter.Start();
        return process;
    }

    /// <summary>Sends a signal to the process and to all of its group; false when it has ended already.</summary>
    public bool Signal(int signal)
    {
        lock (_gate)
            return !_reaped && Libc.Kill(-ProcessId, signal) == 0;
    }

    private unsafe void WaitForExit()
    {
        byte* info = stackalloc byte[SignalInfo.Size];
        Wait(info, Libc.WEXITED | Libc.WNOWAIT);
        lock (_gate)
        {
            _ = Libc.Kill(-ProcessId, Libc.SIGKILL);
            Wait(info, Libc.WEXITED);
            _reaped = true;
        }

        _exited.SetResult(SignalInfo.Read(info));
    }

    private unsafe void Wait(byte* info, int options)
    {
        while (Libc.WaitId(Libc.P_PID, ProcessId, info, options) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Libc.EINTR)
            {
                // ECHILD: somebody reaped all children of this process. The status is lost; say so instead of guessing one.
                SignalInfo.WriteUnknown(info);
                return;
            }
        }
    }

    /// <summary>The fields of <c>siginfo_t</c> that <c>waitid</c> fills, at their place on 64-bit Linux.</summary>
    private static unsafe class SignalInfo
    {
        public const int Size = 128;
        private const int CodeOffset = 8;
        private const int StatusOffset = 24;

        public static ExitStatus Read(byte* info)
        {
            int code = *(int*)(info + CodeOffset);
            int status = *(int*)(info + StatusOffset);
            return code == 0 ? default
                : code == Libc.CLD_EXITED ? new ExitStatus(status, Signal: null)
                : new ExitStatus(ExitCode: null, status);
        }

        public static void WriteUnknown(byte* info) => *(int*)(info + CodeOffset) = 0;
    }
}
