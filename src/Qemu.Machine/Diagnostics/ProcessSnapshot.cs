using System.Globalization;

namespace Qemu.Machine;

/// <summary>What a living process was doing at one moment, from <c>/proc</c>.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Name">The program's name, cut to 15 characters by the kernel.</param>
/// <param name="State">The state's letter: R runs, S sleeps, D sleeps in the kernel and cannot be interrupted, T is stopped, Z is a zombie.</param>
/// <param name="CpuTime">The CPU time it used so far.</param>
/// <param name="WaitingIn">The kernel function in which its main thread sleeps; empty when unknown.</param>
internal sealed record ProcessSnapshot(int ProcessId, string Name, char State, TimeSpan CpuTime, string WaitingIn)
{
    /// <summary>User space's share of a second on Linux, on every architecture that .NET runs on.</summary>
    private const int TicksPerSecond = 100;

    /// <summary>Takes one; null when the process is gone or the host does not tell.</summary>
    public static ProcessSnapshot? Take(int processId)
    {
        try
        {
            ProcessStat stat = ProcessStat.Read(processId);
            return new ProcessSnapshot(processId, stat.Name, stat.State, TimeSpan.FromSeconds((double)stat.CpuTicks / TicksPerSecond), WaitChannel(processId));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public override string ToString()
    {
        string doing = State switch
        {
            'R' => "was running",
            'S' => "was asleep",
            'D' => "was stuck in the kernel",
            'T' or 't' => "was stopped",
            'Z' => "was a zombie",
            _ => $"was in state {State}",
        };
        string place = WaitingIn.Length > 0 ? $" in {WaitingIn}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} ({Name}) {doing}{place}, after {CpuTime.TotalSeconds:0.00} s of CPU time");
    }

    private static string WaitChannel(int processId)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/wchan")).Trim('0', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // for root only, on some hosts
        }
    }
}
