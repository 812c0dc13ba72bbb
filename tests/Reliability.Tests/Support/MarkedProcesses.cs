using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tests.Reliability;

/// <summary>All processes that descend from one that got a mark in its environment, however they were started and wherever they went since.</summary>
internal sealed class MarkedProcesses
{
    private const string Variable = "RELIABILITY_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("N");

    public void Mark(ProcessStartInfo start) => start.Environment[Variable] = _mark;

    /// <summary>Those that live; one that is dead and not yet reaped does not.</summary>
    public IReadOnlyList<int> Find() =>
        [.. from directory in Directory.EnumerateDirectories("/proc")
            let name = Path.GetFileName(directory)
            where char.IsAsciiDigit(name[0]) && HasMark(directory)
            select int.Parse(name, CultureInfo.InvariantCulture)];

    /// <summary>Those of them that were started with an argument.</summary>
    public IReadOnlyList<int> FindBy(string argument) => [.. Find().Where(process => CommandLine(process).Contains(argument))];

    /// <summary>Waits until none is left. Fails, naming them, when some stay.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitUntilGoneAsync()
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan guard = TimeSpan.FromSeconds(15);
        await Task.Run(() =>
        {
            while (Find() is { Count: > 0 } processes)
            {
                foreach (int process in processes)
                {
                    TimeSpan left = guard - Stopwatch.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero || !ProcessDescriptor.WaitForExit(process, left))
                        Assert.Fail("These processes outlived their owner:\n" + string.Join('\n', Find().Select(Describe)));
                }
            }
        });
        return Stopwatch.GetElapsedTime(start);
    }

    private static string[] CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return []; // gone by now
        }
    }

    private static string Describe(int process)
    {
        try
        {
            return $"{process}: {File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ')}\n  {File.ReadAllText($"/proc/{process}/stat")}";
        }
        catch (IOException)
        {
            return $"{process}: gone by now";
        }
    }

    private bool HasMark(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "environ"), Encoding.Latin1).Contains($"{Variable}={_mark}", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or another user's
        }
    }
}
