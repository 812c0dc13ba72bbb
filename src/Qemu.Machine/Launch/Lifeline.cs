namespace Qemu.Machine;

/// <summary>
/// Ties QEMU's life to this process's: when this process is gone, whatever ended it, QEMU is killed.
/// </summary>
/// <remarks>
/// QEMU comes from a shell that waits for the word on a pipe, given once the <see cref="LifelineWatcher"/> was told of it:
/// whenever this process dies, one of the two knows. A stopped QEMU is killed too; a signal sent by the kernel to a
/// parent's child (PDEATHSIG) would belong to the thread that forked, and threads of the pool end. The watcher is no
/// relative of QEMU's: it holds none of QEMU's descriptors, and signals to QEMU's group do not reach it.
/// </remarks>
internal sealed class Lifeline : IDisposable
{
    /// <summary>The pipe's number in the shell.</summary>
    private const int Pipe = 3;

    private const string Shell = "/bin/sh";

    // The word never comes: this process died before the watcher was told.
    private const string StartScript = """read -r _ <&3 && exec "$@" 3<&-""";

    private Lifeline(ProcessIdentity watched) => Watched = watched;

    /// <summary>The process at its other end.</summary>
    public ProcessIdentity Watched { get; }

    /// <summary>Starts a program under a lifeline.</summary>
    public static Lifeline Start(SpawnRequest request, out ChildProcess process)
    {
        using DescriptorPair go = DescriptorPair.CreatePipeToChild();
        process = ChildProcess.SpawnUnawaited(request with
        {
            Executable = Shell,
            Arguments = ["-c", StartScript, Path.GetFileName(request.Executable), request.Executable, .. request.Arguments],
            Descriptors = [.. request.Descriptors, (go.Theirs, Pipe)],
        });
        try
        {
            var lifeline = new Lifeline(LifelineWatcher.Shared.Watch(process.ProcessId));
            go.WriteByte((byte)'\n');
            return lifeline;
        }
        finally
        {
            process.AwaitExit();
        }
    }

    /// <summary>Takes the process off the watcher's list; it has ended by then.</summary>
    public void Dispose() => LifelineWatcher.Shared.Forget(Watched);
}
