using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>
/// The process that sees this one die: a few lines of <c>/bin/sh</c> behind a pipe whose other end only this process
/// holds. It is told what to watch, and at end-of-file it kills the process groups of all that it still watches.
/// </summary>
/// <remarks>
/// One serves all machines of this process; it is started with the first, and again if somebody killed it. A process is
/// named by its id and its start time, so that no later process of the same id is ever meant.
/// </remarks>
internal sealed class LifelineWatcher : IDisposable
{
    /// <summary>The pipe's number in the shell.</summary>
    private const int Pipe = 3;

    // Of /proc/PID/stat, the name may hold anything; behind its parenthesis, the 20th field is the start time. The kill is
    // written as POSIX has it: dash takes no "--" after "-9".
    private const string Script =
        """
        watched=' '
        while read -r what process <&3; do
            case $what in
                +) watched="$watched$process " ;;
                -) watched="${watched%% $process *} ${watched#* $process }" ;;
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
    private readonly HashSet<string> _watched = [];
    private ChildProcess? _shell;
    private FileStream? _pipe;

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
    public string Watch(int processId)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"{processId}:{StartTime(processId)}");
        lock (_gate)
        {
            _watched.Add(process);
            if (_shell is not { IsRunning: true } || !TryTell('+', process))
                Start();
        }

        return process;
    }

    /// <summary>Watches a process no more; it has ended by then.</summary>
    public void Forget(string process)
    {
        lock (_gate)
        {
            _watched.Remove(process);
            _ = TryTell('-', process); // a new watcher will not hear of it
        }
    }

    /// <summary>Closes the pipe: all that is watched is killed, and the watcher ends.</summary>
    public void Dispose()
    {
        lock (_gate)
            _pipe?.Dispose();
    }

    private void Start()
    {
        _pipe?.Dispose();
        using DescriptorPair pair = DescriptorPair.CreatePipeToChild();
        _shell = ChildProcess.Spawn(new SpawnRequest("/bin/sh", ["-c", Script, "qemu-lifeline"], Output: null, [(pair.Theirs, Pipe)]));
        _pipe = new FileStream((SafeFileHandle)pair.TakeOurs(), FileAccess.Write, bufferSize: 0);
        foreach (string process in _watched)
            _ = TryTell('+', process);
    }

    // A line is shorter than what a pipe takes as a whole, so it arrives whole or not at all.
    private bool TryTell(char what, string process)
    {
        try
        {
            _pipe!.Write(Encoding.ASCII.GetBytes($"{what} {process}\n"));
            return true;
        }
        catch (IOException)
        {
            return false; // somebody killed it
        }
    }

    /// <summary>When a process started, in the kernel's ticks.</summary>
    private static string StartTime(int processId)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "gone"; // so there is nothing to watch
        }
    }
}
