namespace Tests.Reliability;

/// <summary>What this process holds at a moment.</summary>
/// <param name="Descriptors">The descriptors that are open, the runtime's own aside.</param>
/// <param name="MachineThreads">Threads that wait for a process of ours.</param>
/// <param name="Children">Child processes, dead ones that were not reaped included.</param>
/// <param name="Timers">Timers that will fire.</param>
/// <param name="Memory">Bytes of managed memory that something refers to.</param>
internal sealed record ProcessCensus(DescriptorCensus Descriptors, int MachineThreads, int Children, long Timers, long Memory)
{
    /// <summary>Counts once what is on its way out is gone.</summary>
    public static ProcessCensus Take()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return new ProcessCensus(
            DescriptorCensus.Take(),
            Directory.GetDirectories("/proc/self/task").Count(IsMachineThread),
            Directory.GetDirectories("/proc/self/task").Sum(CountChildren),
            Timer.ActiveCount,
            GC.GetTotalMemory(forceFullCollection: true));
    }

    // The kernel keeps 15 characters of a thread's name.
    private static bool IsMachineThread(string task) => Read(task, "comm").StartsWith("wait for proces", StringComparison.Ordinal);

    private static int CountChildren(string task) => Read(task, "children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    private static string Read(string task, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, file));
        }
        catch (IOException)
        {
            return ""; // the thread ended meanwhile
        }
    }
}
