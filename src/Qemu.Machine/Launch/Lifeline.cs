using System.Runtime.InteropServices;

namespace Qemu.Machine;

/// <summary>
/// Ties QEMU's life to this process's: when this process is gone, whatever ended it, QEMU is killed.
/// </summary>
/// <remarks>
/// QEMU is started through a few lines of <c>/bin/sh</c>. Their background half blocks in <c>read</c> on a pipe whose
/// other end only this process holds; at end-of-file it kills the process group, after checking that QEMU is still its
/// parent. The foreground half closes the pipe and becomes the program, under the same process id. All arguments travel
/// as <c>"$@"</c>. A stopped QEMU is killed too; a signal sent by the kernel to a parent's child (PDEATHSIG) would
/// belong to the thread that forked, and threads of the pool end.
/// </remarks>
internal static class Lifeline
{
    public const string Shell = "/bin/sh";

    /// <summary>The pipe's number in the child. POSIX shells redirect single-digit descriptors only.</summary>
    public const int Descriptor = 3;

    /// <summary>Numbers that the watcher closes: it must not hold QEMU's channels open.</summary>
    public const int FirstChannel = 4;
    public const int LastChannel = 9;

    // $$ in the background half is still the id of the shell that became QEMU; field 4 of its own stat is its parent now.
    private const string Script =
        """
        { read -r _ <&3; read -r _ _ _ parent _ </proc/self/stat; [ "$parent" = "$$" ] && kill -9 -- "-$$"; } 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- >/dev/null 2>&1 &
        exec "$@" 3<&-
        """;

    public static SpawnRequest Attach(SpawnRequest request, SafeHandle pipe) => request with
    {
        Executable = Shell,
        Arguments = ["-c", Script, Path.GetFileName(request.Executable), request.Executable, .. request.Arguments],
        Descriptors = [.. request.Descriptors, (pipe, Descriptor)],
    };
}
