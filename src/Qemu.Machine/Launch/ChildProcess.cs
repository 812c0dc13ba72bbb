namespace Qemu.Machine;

/// <summary>
/// A process of our own in a session and process group of its own, with its true exit status.
/// </summary>
/// <remarks>
/// A thread blocks in <c>waitid</c> for as long as the process lives. When the leader has ended, the rest of its
/// group is killed while the leader is still a zombie (its id cannot be given to another process before it is
/// reaped), so that nothing a wrapper started outlives it; and its death is waited for.
/// </remarks>
internal sealed class ChildProcess
{
    // Room for what awaits the exit on the waiter's thread; of a stack only what is touched takes memory.
    private const int WaiterStackSize = 512 * 1024;

    /// <summary>What was killed is dead within a moment, unless it is stuck in the kernel.</summary>
    private static readonly TimeSpan s_groupLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ExitStatus> _exitedHere = new();
    private readonly Action<ChildProcess>? _ended;
    private readonly bool _endsWhenStopped;
    private ExitStatus? _status;

    private ChildProcess(int processId, bool endsWhenStopped, Action<ChildProcess>? ended) =>
        (ProcessId, _endsWhenStopped, _ended) = (processId, endsWhenStopped, ended);

    public int ProcessId { get; }

    /// <summary>Completes when the process has ended and been reaped.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>The same, for the one that cleans up: it is continued at once, on the waiter's thread, which has nothing else to do any more.</summary>
    public Task<ExitStatus> ExitedHere => _exitedHere.Task;

    /// <summary>How it ended; null while it runs.</summary>
    public ExitStatus? Status
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    public bool IsRunning => !_exited.Task.IsCompleted;

    /// <summary>Starts it, and waits for its exit.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="ended">Called when it has ended, on the waiter's thread; null: nobody wants to know at once.</param>
    public static ChildProcess Spawn(SpawnRequest request, Action<ChildProcess>? ended = null)
    {
        ChildProcess process = SpawnUnawaited(request, ended);
        process.AwaitExit();
        return process;
    }

    /// <summary>Starts it; <see cref="AwaitExit"/> must follow, whatever happens: a thread takes half a millisecond to start, in which other things can be done first.</summary>
    public static ChildProcess SpawnUnawaited(SpawnRequest request, Action<ChildProcess>? ended = null) =>
        new(PosixSpawner.Spawn(request), request.EndsWhenStopped, ended);

    /// <summary>Begins to wait for its exit.</summary>
    public void AwaitExit()
    {
        var waiter = new Thread(WaitForExit, WaiterStackSize)
        {
            IsBackground = true,
            Name = $"wait for process {ProcessId}",
        };
        waiter.UnsafeStart(); // it belongs to no test, say, in which the process was started
    }

    /// <summary>Sends a signal to the process and to all of its group; false when it has ended already.</summary>
    public bool Signal(int signal)
    {
        lock (_gate)
            return _status is null && Libc.Kill(-ProcessId, signal) == 0;
    }

    private void WaitForExit()
    {
        ProcessWait.Wait(ProcessId, leaveZombie: true, orStopped: _endsWhenStopped);
        lock (_gate)
        {
            _ = Libc.Kill(-ProcessId, Libc.SIGKILL);
            _status = ProcessWait.Wait(ProcessId);
        }

        ProcessGroup.WaitUntilDead(ProcessId, s_groupLimit);
        _exited.SetResult(_status.Value);
        _exitedHere.SetResult(_status.Value);
        _ended?.Invoke(this);
    }
}
