using System.Globalization;

namespace Qemu.Machine;

/// <summary>
/// Ties QEMU's life to this process's: when this process is gone, whatever ended it, QEMU is killed.
/// </summary>
/// <remarks>
/// A watcher, a few lines of <c>/bin/sh</c>, blocks in <c>read</c> on a pipe whose other end only this process holds; at
/// end-of-file it kills QEMU's process group, after checking that the process is still the one it was started for. QEMU
/// itself comes from a shell that waits for the word on a second pipe, given once the watcher is there: whenever this
/// process dies, one of the two knows. A stopped QEMU is killed too; a signal sent by the kernel to a parent's child
/// (PDEATHSIG) would belong to the thread that forked, and threads of the pool end. The watcher is no relative of QEMU's:
/// it holds none of QEMU's descriptors, and signals to QEMU's group do not reach it.
/// </remarks>
internal sealed class Lifeline : IDisposable
{
    /// <summary>The pipe's number in both shells.</summary>
    private const int Pipe = 3;

    private const string Shell = "/bin/sh";

    // The word never comes: this process died before the watcher was there.
    private const string StartScript = """read -r _ <&3 && exec "$@" 3<&-""";

    // Of /proc/PID/stat, the name may hold anything; behind its parenthesis, the 20th field is the start time. The kill is
    // written as POSIX has it: dash takes no "--" after "-9".
    private const string WatchScript =
        """
        read -r _ <&3
        read -r stat </proc/$1/stat || exit
        pid=$1 started=$2
        set -- ${stat##*) }
        [ "${20}" = "$started" ] && kill -s KILL -- "-$pid"
        """;

    private readonly int _watcher;
    private readonly DescriptorPair _pipe;

    private Lifeline(int watcher, DescriptorPair pipe) => (_watcher, _pipe) = (watcher, pipe);

    /// <summary>Starts a program under a lifeline.</summary>
    public static Lifeline Start(SpawnRequest request, out ChildProcess process)
    {
        using DescriptorPair go = DescriptorPair.CreatePipeToChild();
        DescriptorPair pipe = DescriptorPair.CreatePipeToChild();
        try
        {
            process = ChildProcess.Spawn(request with
            {
                Executable = Shell,
                Arguments = ["-c", StartScript, Path.GetFileName(request.Executable), request.Executable, .. request.Arguments],
                Descriptors = [.. request.Descriptors, (go.Theirs, Pipe)],
            });
            int watcher = PosixSpawner.Spawn(new SpawnRequest(
                Shell,
                ["-c", WatchScript, "qemu-lifeline", process.ProcessId.ToString(CultureInfo.InvariantCulture), StartTime(process.ProcessId)],
                Output: null,
                [(pipe.Theirs, Pipe)]));
            pipe.Theirs.Dispose();
            go.WriteByte((byte)'\n');
            return new Lifeline(watcher, pipe);
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    /// <summary>Dismisses the watcher; the process has ended by then.</summary>
    public void Dispose()
    {
        _ = Libc.Kill(_watcher, Libc.SIGKILL);
        _ = ProcessWait.Wait(_watcher);
        _pipe.Dispose();
    }

    /// <summary>When a process started, in the kernel's ticks: tells it from a later one of the same id.</summary>
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
