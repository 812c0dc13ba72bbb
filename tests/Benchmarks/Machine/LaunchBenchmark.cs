using Qemu.Machine;

namespace Benchmarks;

/// <summary>From a builder to a machine that takes commands.</summary>
internal sealed class LaunchBenchmark : IBenchmark
{
    private const int PairCount = 100;

    public string Name => "launch";

    public async Task<IReadOnlyList<Figure>> RunAsync() =>
    [
        await MeasureAsync("none"),
        await MeasureAsync("q35", "-S"),
    ];

    private static async Task<Figure> MeasureAsync(string machineType, params string[] arguments)
    {
        PairedTimes times = await Pairs.MeasureAsync(
            PairCount,
            () => LaunchAsync(machineType, arguments),
            () => Task.FromResult(StartBare([.. new[] { "-machine", machineType }, .. arguments])));
        string what = string.Join(' ', ["-machine", machineType, .. arguments]);
        Console.WriteLine($"launch {what}: {times.Describe()}");
        return Figure.AtMost($"build → ready for commands, `{what}`, lifeline included", "`Process.Start` and a raw handshake, no lifeline", 1.10, times.TimeRatio);
    }

    private static async Task<TimeSpan> LaunchAsync(string machineType, string[] arguments)
    {
        QemuMachine? machine = null;
        try
        {
            return await Pairs.TimeAsync(() =>
            {
                machine = new QemuMachineBuilder(QemuBinary.Path).WithMachine(machineType).WithArguments(arguments).Build();
                return machine.LaunchAsync();
            });
        }
        finally
        {
            await machine!.KillAsync();
            await machine.DisposeAsync();
        }
    }

    private static TimeSpan StartBare(string[] arguments)
    {
        BareQemu? qemu = null;
        TimeSpan time = Pairs.Time(() => qemu = BareQemu.Start(arguments));
        qemu!.Dispose();
        return time;
    }
}
