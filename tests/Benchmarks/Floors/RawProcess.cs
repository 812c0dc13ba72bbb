using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>A child process by <c>posix_spawn</c> and <c>waitpid</c>, and nothing else.</summary>
internal sealed unsafe partial class RawProcess
{
    private RawProcess(int id) => Id = id;

    public int Id { get; }

    public static RawProcess Start(string executable, params IEnumerable<string> arguments)
    {
        nint[] argv = [.. new[] { executable }.Concat(arguments).Select(Marshal.StringToCoTaskMemUTF8), 0];
        nint[] envp = [Marshal.StringToCoTaskMemUTF8("PATH=/usr/bin:/bin"), 0];
        try
        {
            fixed (nint* argvPointer = argv, envpPointer = envp)
            {
                int error = PosixSpawn(out int pid, executable, 0, 0, argvPointer, envpPointer);
                return error == 0 ? new RawProcess(pid) : throw new Win32Exception(error);
            }
        }
        finally
        {
            foreach (nint text in argv.Concat(envp))
                Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Blocks until the process has ended.</summary>
    public void Wait()
    {
        int status;
        if (WaitPid(Id, &status, 0) != Id)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int pid, string path, nint fileActions, nint attributes, nint* argv, nint* envp);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, int* status, int options);
}
