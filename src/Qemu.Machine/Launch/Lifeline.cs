using System.ComponentModel;

namespace Qemu.Machine;

/// <summary>
/// Ties QEMU's life to this process's: when this process is gone, whatever ended it, QEMU is killed.
/// </summary>
/// <remarks>
/// The <see cref="LifelineWatcher"/> does that. It is told what to expect before QEMU is started, and what was started after; so it knows, whenever this
/// process dies. A stopped QEMU is killed too; a signal sent by the kernel to a parent's child (PDEATHSIG) would belong to the thread that forked, and
/// threads of the pool end. The watcher is no relative of QEMU's: it holds none of QEMU's descriptors, and signals to QEMU's group do not reach it.
/// </remarks>
internal sealed class Lifeline : IDisposable
{
    private const string Shell = "/bin/sh";

    private Lifeline(ProcessIdentity watched) => Watched = watched;

    /// <summary>The process at its other end.</summary>
    public ProcessIdentity Watched { get; }

    /// <summary>Starts a program under a lifeline.</summary>
    /// <param name="request">What to start. Its output is a file that nothing else writes to.</param>
    /// <param name="outputPath">That file: while only the program's start was announced, the program is known by it.</param>
    /// <param name="process">The program's process.</param>
    public static Lifeline Start(SpawnRequest request, string outputPath, out ChildProcess process)
    {
        int expectation = LifelineWatcher.Shared.Expect(outputPath);
        try
        {
            process = Spawn(request);
        }
        catch
        {
            LifelineWatcher.Shared.Withdraw(expectation);
            throw;
        }

        try
        {
            return new Lifeline(LifelineWatcher.Shared.Watch(process.ProcessId, expectation));
        }
        catch
        {
            process.Signal(Libc.SIGKILL);
            throw;
        }
        finally
        {
            process.AwaitExit();
        }
    }

    /// <summary>Takes the process off the watcher's list; it has ended by then.</summary>
    public void Dispose() => LifelineWatcher.Shared.Forget(Watched);

    // What the kernel does not execute, a shell does, if it is a script without "#!"; of all else it says in the log why not, as of any other failure.
    private static ChildProcess Spawn(SpawnRequest request)
    {
        try
        {
            return ChildProcess.SpawnUnawaited(request);
        }
        catch (Win32Exception)
        {
            return ChildProcess.SpawnUnawaited(request with
            {
                Executable = Shell,
                Arguments = ["-c", """exec "$@" """, Path.GetFileName(request.Executable), request.Executable, .. request.Arguments],
            });
        }
    }
}
