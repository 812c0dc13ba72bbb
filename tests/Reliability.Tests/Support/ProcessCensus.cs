using System.Diagnostics;

namespace Tests.Reliability;

/// <summary>What this process holds at a moment.</summary>
/// <param name="Descriptors">The descriptors that are open, the runtime's own aside.</param>
/// <param name="MachineThreads">Threads that wait for a process of ours.</param>
/// <param name="Children">Child processes, dead ones that were not reaped included.</param>
/// <param name="Timers">Timers that will fire.</param>
/// <param name="Memory">Bytes of managed memory that something refers to.</param>
internal sealed record ProcessCensus(DescriptorCensus Descriptors, int MachineThreads, int Children, long Timers, long Memory)
{
    /// <summary>Timers of what is over, and has not been told so yet: the runtime's threads come to that when the host lets them.</summary>
    private const int OnTheirWayOut = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>Asserts that this process holds no more than it did, once what is on its way out is gone.</summary>
    public static async Task<ProcessCensus> AssertNoMoreThanAsync(ProcessCensus before)
    {
        ProcessCensus after = Take();
        Assert.InRange(after.Timers, 0, before.Timers + OnTheirWayOut); // those of a deadline that nobody waits for any more would be many
        long start = Stopwatch.GetTimestamp();
        while (after.IsMoreThan(before) && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            await Task.Delay(50);
            after = Take();
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"before {before}\nafter  {after}");
        Assert.Empty(after.Descriptors.Beyond(before.Descriptors));
        Assert.Equal(before.MachineThreads, after.MachineThreads); // one waits for the watcher of all machines, for as long as the process lives
        Assert.Equal(before.Children, after.Children);
        Assert.InRange(after.Timers, 0, before.Timers);
        return after;
    }

    /// <summary>Counts without what only the collector still holds.</summary>
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

    private bool IsMoreThan(ProcessCensus before) =>
        Descriptors.Beyond(before.Descriptors).Count > 0 || MachineThreads != before.MachineThreads || Children != before.Children || Timers > before.Timers;

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
