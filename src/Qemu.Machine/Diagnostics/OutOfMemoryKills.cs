namespace Qemu.Machine;

/// <summary>
/// The kernel's count of processes that it killed for lack of memory, on the whole host and in this process's control group.
/// A count that rose during a launch makes it likely that QEMU was the one, not certain.
/// </summary>
internal static class OutOfMemoryKills
{
    private static readonly Lazy<string?> s_groupFile = new(FindGroupFile);

    public static long Count() => Math.Max(Read("/proc/vmstat"), s_groupFile.Value is { } file ? Read(file) : 0);

    /// <summary>Whether lack of memory is why a process was killed: certain if the kernel's log says so, and "perhaps" if something was killed for it meanwhile; null if nothing was.</summary>
    /// <param name="processId">The process; it is dead.</param>
    /// <param name="before">What was counted when it was started.</param>
    public static string? Explain(int processId, long before)
    {
        long kills = Count() - before;
        if (kills <= 0)
            return null;
        return KernelLog.TellsOfKill(processId)
            ? "the kernel killed it for lack of memory"
            : "perhaps the kernel killed it for lack of memory, as it did with something while the machine ran";
    }

    private static long Read(string file)
    {
        try
        {
            foreach (string line in File.ReadLines(file))
            {
                if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
                    return long.TryParse(line["oom_kill ".Length..], out long count) ? count : 0;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox that hides it: nothing is known.
        }

        return 0;
    }

    private static string? FindGroupFile()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/cgroup"))
            {
                string[] parts = line.Split(':', 3);
                string file = parts[1].Length == 0
                    ? $"/sys/fs/cgroup{parts[2]}/memory.events"
                    : $"/sys/fs/cgroup/memory{parts[2]}/memory.oom_control";
                if ((parts[1].Length == 0 || parts[1].Split(',').Contains("memory")) && File.Exists(file))
                    return file;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // As above.
        }

        return null;
    }
}
