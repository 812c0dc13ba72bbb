using System.ComponentModel;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// The process that sees this one die: a few lines of <c>/bin/sh</c> behind a pipe whose other end only this process
/// holds. It is told what to watch, and at end-of-file it kills the process groups of all that it still watches.
/// </summary>
/// <remarks>
/// One serves all machines of this process; it is started with the first, and replaced when it died, was stopped or takes no more.
/// </remarks>
internal sealed class LifelineWatcher : IDisposable
{
    /// <summary>The pipe's number in the shell.</summary>
    private const int Pipe = 3;

    /// <summary>A shell that dies is replaced at once this many times in a row; one that cannot live must not be started for ever.</summary>
    private const int MaximumReplacements = 10;

    // It heeds no polite signal: who clears a session away with SIGTERM reaches it before this process, whose end it is
    // there to see. Of /proc/PID/stat, the name may hold anything; behind its parenthesis, the 20th field is the start
    // time. The kill is written as POSIX has it: dash takes no "--" after "-9".
    private const string Script =
        """
        trap '' HUP INT TERM
        watched=' '
        while read -r what process <&3; do
            case $what$watched in
                +*) watched="$watched$process " ;;
                -*" $process "*) watched="${watched%% $process *} ${watched#* $process }" ;;
            esac
        done
        for process in $watched; do
            pid=${process%:*}
            read -r stat </proc/$pid/stat || continue
            set -- ${stat##*) }
            [ "${20}" = "${process#*:}" ] && kill -s KILL -- "-$pid"
        done
        """;

    private readonly Lock _gate = new();
    private readonly HashSet<ProcessIdentity> _watched = [];
    private ChildProcess? _shell;
    private FileStream? _pipe;
    private int _replacements;
    private bool _disposed;

    /// <summary>This process's.</summary>
    public static LifelineWatcher Shared { get; } = new();

    /// <summary>The watcher's process id; null before it is first needed.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_gate)
                return _shell?.ProcessId;
        }
    }

    /// <summary>Watches a child of this process that leads a group. From the return on it does not outlive this process.</summary>
    /// <returns>What <see cref="Forget"/> is to be given.</returns>
    public ProcessIdentity Watch(int processId)
    {
        ProcessIdentity process = ProcessIdentity.Of(processId);
        lock (_gate)
        {
            _watched.Add(process);
            _replacements = 0;
            if (_shell is not { IsRunning: true } || !TryTell('+', process))
                Start();
        }

        return process;
    }

    /// <summary>Watches a process no more; it has ended by then.</summary>
    public void Forget(ProcessIdentity process)
    {
        lock (_gate)
        {
            _watched.Remove(process);
            _ = TryTell('-', process); // its successor will not hear of it
        }
    }

    /// <summary>Closes the pipe: all that is watched is killed, and the watcher ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _pipe?.Dispose();
        }
    }

    private void Start()
    {
        // Before its pipe ends: one that is behind with its reading would take that for the end of this process.
        _shell?.Signal(Libc.SIGKILL);
        _pipe?.Dispose();
        using DescriptorPair pair = DescriptorPair.CreatePipeToChild();
        _pipe = pair.TakeOursForWriting();

        // Before there is a shell: it knows of all from its first moment.
        foreach (ProcessIdentity process in _watched)
            _ = TryTell('+', process);
        _shell = ChildProcess.Spawn(
            new SpawnRequest("/bin/sh", ["-c", Script, "qemu-lifeline"], Output: null, [(pair.Theirs, Pipe)]) { EndsWhenStopped = true },
            ReplaceDead);
    }

    private void ReplaceDead(ChildProcess shell)
    {
        lock (_gate)
        {
            if (shell != _shell || _disposed || _watched.Count == 0 || _replacements++ == MaximumReplacements)
                return;
            try
            {
                Start();
            }
            catch (Win32Exception)
            {
                // The next launch tries again, and says what is wrong.
            }
        }
    }

    // A line is shorter than what a pipe takes as a whole, so it arrives whole or not at all. The pipe never blocks: one
    // that is full has a watcher that does not read.
    private bool TryTell(char what, ProcessIdentity process)
    {
        try
        {
            _pipe!.Write(Encoding.ASCII.GetBytes($"{what} {process}\n"));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
