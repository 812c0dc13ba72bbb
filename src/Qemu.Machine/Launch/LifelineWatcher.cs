using System.ComponentModel;
using System.Text;

namespace Qemu.Machine;

/// <summary>
/// The process that sees this one die: a few lines of <c>/bin/sh</c> behind a pipe whose other end only this process
/// holds. It is told what to watch, and at end-of-file it kills the process groups of all that it still watches. A process that is about to
/// start it knows by the file that the process writes its output to.
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

    /// <summary>What the kernel writes to a pipe as a whole.</summary>
    private const int MaximumLine = 4096;

    // It heeds no polite signal: who clears a session away with SIGTERM reaches it before this process, whose end it is
    // there to see. Of /proc/PID/stat, the name may hold anything; behind its parenthesis, the 20th field is the start
    // time. The kill is written as POSIX has it: dash takes no "--" after "-9".
    private const string Script =
        """
        trap '' HUP INT TERM
        watched=' '
        expected=' '
        without() {
            case $1 in
                *" $2 "*) rest="${1%% $2 *} ${1#* $2 }" ;;
                *) rest=$1 ;;
            esac
        }
        while read -r what item output <&3; do
            case $what in
                '?') expected="$expected$item "; eval "output_$item=\$output" ;;
                '!') without "$expected" "$item"; expected=$rest; unset "output_$item" ;;
                '+') watched="$watched$item " ;;
                '-') without "$watched" "$item"; watched=$rest ;;
            esac
        done
        for process in $watched; do
            pid=${process%:*}
            read -r stat </proc/$pid/stat || continue
            set -- ${stat##*) }
            [ "${20}" = "${process#*:}" ] && kill -s KILL -- "-$pid"
        done
        for item in $expected; do
            eval "output=\$output_$item"
            for file in /proc/[0-9]*/fd/[12]; do
                [ "$file" -ef "$output" ] || continue
                pid=${file#/proc/}
                kill -s KILL -- "-${pid%%/*}"
            done
        done
        """;

    private readonly Lock _gate = new();
    private readonly HashSet<ProcessIdentity> _watched = [];
    private readonly Dictionary<int, string> _expected = [];
    private ChildProcess? _shell;
    private FileStream? _pipe;
    private int _replacements;
    private int _expectations;
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

    /// <summary>Expects a child that will lead a group. Should this process die before it says which it is, the one whose stdout or stderr is the file is killed.</summary>
    /// <param name="outputPath">The file, which nobody else writes to. One whose path no line can hold is not told: of that child the watcher knows from <see cref="Watch"/> on.</param>
    /// <returns>What <see cref="Watch"/> or <see cref="Withdraw"/> is to be given.</returns>
    public int Expect(string outputPath)
    {
        lock (_gate)
        {
            int expectation = ++_expectations;
            string line = $"? {expectation} {outputPath}\n";
            if (outputPath.Contains('\n', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(line) > MaximumLine)
                line = "";
            _expected.Add(expectation, line);
            Tell(line);
            return expectation;
        }
    }

    /// <summary>Nothing was started.</summary>
    public void Withdraw(int expectation)
    {
        lock (_gate)
        {
            _expected.Remove(expectation);
            _ = TryWrite($"! {expectation}\n"); // its successor will not hear of it
        }
    }

    /// <summary>Watches a child of this process that leads a group. From the return on it does not outlive this process.</summary>
    /// <param name="processId">The child.</param>
    /// <param name="expectation">That it was.</param>
    /// <returns>What <see cref="Forget"/> is to be given.</returns>
    public ProcessIdentity Watch(int processId, int expectation)
    {
        ProcessIdentity process = ProcessIdentity.Of(processId);
        lock (_gate)
        {
            _expected.Remove(expectation);
            _watched.Add(process);
            Tell($"+ {process}\n! {expectation}\n");
        }

        return process;
    }

    /// <summary>Watches a process no more; it has ended by then.</summary>
    public void Forget(ProcessIdentity process)
    {
        lock (_gate)
        {
            _watched.Remove(process);
            _ = TryWrite($"- {process}\n"); // its successor will not hear of it
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

    private void Tell(string lines)
    {
        _replacements = 0;
        if (_shell is not { IsRunning: true } || !TryWrite(lines))
            Start();
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
            _ = TryWrite($"+ {process}\n");
        foreach (string line in _expected.Values)
            _ = TryWrite(line);
        _shell = ChildProcess.Spawn(
            new SpawnRequest("/bin/sh", ["-c", Script, "qemu-lifeline"], Output: null, [(pair.Theirs, Pipe)]) { EndsWhenStopped = true },
            ReplaceDead);
    }

    private void ReplaceDead(ChildProcess shell)
    {
        lock (_gate)
        {
            if (shell != _shell || _disposed || _watched.Count + _expected.Count == 0 || _replacements++ == MaximumReplacements)
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

    // What is written at once is shorter than what a pipe takes as a whole, so it arrives whole or not at all. The pipe never blocks: one
    // that is full has a watcher that does not read.
    private bool TryWrite(string lines)
    {
        try
        {
            _pipe!.Write(Encoding.UTF8.GetBytes(lines));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
