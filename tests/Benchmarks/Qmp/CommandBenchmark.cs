using Qemu.Machine;
using Qemu.Qmp;

namespace Benchmarks;

/// <summary>Commands to a real QEMU.</summary>
internal sealed class CommandBenchmark : IBenchmark
{
    private const int PairCount = 60;
    private const int Commands = 1000;
    private const int InFlight = 8;

    public string Name => "commands";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithMachine("none").Build();
        await machine.LaunchAsync();
        using BareQemu qemu = BareQemu.Start("-machine", "none");
        RawQmp bare = qemu.Qmp;

        PairedTimes blocking = await Pairs.MeasureAsync(
            PairCount,
            () => Pairs.TimeAsync(() => OneAfterAnotherAsync(machine.Qmp)),
            () => Task.FromResult(Pairs.Time(() => OneAfterAnother(bare))));
        Console.WriteLine($"{Commands} query-status, blocking floor: {blocking.Describe()}");
        PairedTimes sequential = await Pairs.MeasureAsync(
            PairCount,
            () => Pairs.TimeAsync(() => OneAfterAnotherAsync(machine.Qmp)),
            () => Pairs.TimeAsync(() => OneAfterAnotherAsync(bare)));
        Console.WriteLine($"{Commands} query-status, asynchronous floor: {sequential.Describe()}");
        PairedTimes pipelined = await Pairs.MeasureAsync(
            PairCount,
            () => Pairs.TimeAsync(() => InFlightAsync(machine.Qmp)),
            () => Task.FromResult(Pairs.Time(() => bare.QueryStatus(Commands, InFlight))));
        Console.WriteLine($"{Commands} query-status, {InFlight} in flight: {pipelined.Describe()}");
        return
        [
            Figure.AtLeast("`query-status`, one after another", "raw socket, asynchronous", 0.90, sequential.SpeedRatio),
            Figure.AtLeast("`query-status`, one after another", "raw socket, a blocked thread", 0.90, blocking.SpeedRatio),
            Figure.AtLeast($"`query-status`, {InFlight} in flight", $"raw socket, a blocked thread, {InFlight} in flight", 0.90, pipelined.SpeedRatio),
        ];
    }

    private static async Task OneAfterAnotherAsync(QmpChannel qmp)
    {
        for (int i = 0; i < Commands; i++)
            await qmp.ExecuteAsync("query-status");
    }

    private static async Task OneAfterAnotherAsync(RawQmp qmp)
    {
        for (int i = 0; i < Commands; i++)
            await qmp.QueryStatusAsync();
    }

    private static void OneAfterAnother(RawQmp qmp)
    {
        for (int i = 0; i < Commands; i++)
            qmp.QueryStatus();
    }

    private static Task InFlightAsync(QmpChannel qmp) => Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
    {
        for (int i = 0; i < Commands / InFlight; i++)
            await qmp.ExecuteAsync("query-status");
    }));
}
