using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Qemu.Machine;

/// <summary>What is left of a process group whose leader has ended: no children of this process, so there is nothing of theirs to reap.</summary>
internal static class ProcessGroup
{
    /// <summary>Blocks until all members are dead; at most so long, for one that the kernel does not let go of.</summary>
    /// <param name="id">The group; its leader has been reaped.</param>
    /// <param name="limit">For each member.</param>
    public static void WaitUntilDead(int id, TimeSpan limit)
    {
        if (Libc.Kill(-id, 0) != 0)
            return; // the usual case: there was nobody but the leader

        foreach (int member in LivingMembers(id))
        {
            using SafeFileHandle? process = Libc.OpenProcess(member);
            if (process is not null)
                Libc.WaitUntilReadable(process, limit);
        }
    }

    private static IEnumerable<int> LivingMembers(int id)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) && IsLivingMember(process, id))
                yield return process;
        }
    }

    private static bool IsLivingMember(int process, int id)
    {
        try
        {
            return ProcessStat.Read(process) is { State: not ('Z' or 'X') } stat && stat.Group == id;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // gone
        }
    }
}
