using System.Globalization;
using System.Text.RegularExpressions;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>A wait for something that comes after a long stream: the time grows with the length, the memory does not.</summary>
internal sealed class ConsoleWaitBenchmark : IBenchmark
{
    private const int Rounds = 7;
    private const int Mebibyte = 1024 * 1024;
    private const int LongMebibytes = 100;
    private const int ShortMebibytes = 25;

    public string Name => "console-wait";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("qemu-bench-").FullName;
        try
        {
            return
            [
                .. await MeasureAsync("a text", new ConsolePattern("GUEST READY"), directory),
                .. await MeasureAsync("a regular expression", new ConsolePattern(new Regex("GUEST (READY|FAILED)", RegexOptions.CultureInvariant)), directory),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(string what, ConsolePattern pattern, string directory)
    {
        PairedTimes times = await Pairs.MeasureAsync(
            Rounds,
            () => WaitAsync(pattern, LongMebibytes, directory),
            () => WaitAsync(pattern, ShortMebibytes, directory));
        GC.Collect();
        PeakMemory peak = PeakMemory.Start();
        await WaitAsync(pattern, LongMebibytes, directory);
        double memory = peak.GrowthInMebibytes();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"console wait for {what} over {LongMebibytes} MiB against {ShortMebibytes}: {times.Describe()}; {memory:0.0} MiB more memory at the peak"));
        return
        [
            Figure.AtMost($"console wait for {what} after {LongMebibytes} MiB", $"{LongMebibytes / ShortMebibytes} times the wait after {ShortMebibytes} MiB", 1.25, times.TimeRatio * ShortMebibytes / LongMebibytes),
            Figure.AtMost($"its memory", 64, memory, "MiB"),
        ];
    }

    private static async Task<TimeSpan> WaitAsync(ConsolePattern pattern, int mebibytes, string directory)
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithConsole().Build();
        ConsoleFeed feed = ConsoleFeed.Create((long)mebibytes * Mebibyte, "GUEST READY\r\n");
        await using Stream stream = feed.OpenStream();
        Task draining = Task.CompletedTask;
        TimeSpan time = await Pairs.TimeAsync(() =>
        {
            Task<ConsoleMatch> waiting = machine.Console.WaitForAsync(pattern, TimeSpan.FromMinutes(5));
            feed.Start();
            draining = machine.Console.DrainAsync(stream, machine.Console.OpenFiles(directory));
            return waiting;
        });
        await draining;
        return time;
    }
}
