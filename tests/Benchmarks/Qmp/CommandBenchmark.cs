using Qemu.Machine;
using Qemu.Qmp;

namespace Benchmarks;

/// <summary>Commands to a real QEMU.</summary>
internal sealed class CommandBenchmark : IBenchmark
{
    private const int PairCount = 40;
    private const int Commands = 1000;
    private const int InFlight = 8;

    public string Name => "commands";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithMachine("none").Build();
        await machine.LaunchAsync();
        using BareQemu qemu = BareQemu.Start("-machine", "none");
        RawQmp bare = qemu.Qmp;

        var figures = new List<Figure>();
        foreach (bool ids in (bool[])[false, true])
        {
            bare.SendsIds = ids;
            string with = ids ? ", with an id as ours" : "";
            figures.Add(await MeasureAsync("one after another", "raw socket, a blocked thread" + with, () => OneAfterAnotherAsync(machine.Qmp), Blocking(() => OneAfterAnother(bare))));
            figures.Add(await MeasureAsync("one after another", "raw socket, asynchronous" + with, () => OneAfterAnotherAsync(machine.Qmp), () => OneAfterAnotherAsync(bare)));
            figures.Add(await MeasureAsync($"{InFlight} in flight", "raw socket, a blocked thread" + with, () => InFlightAsync(machine.Qmp), Blocking(() => bare.QueryStatus(Commands, InFlight))));
        }

        return figures;
    }

    private static async Task<Figure> MeasureAsync(string what, string floor, Func<Task> ours, Func<Task> theirs)
    {
        PairedTimes times = await Pairs.MeasureAsync(PairCount, () => Pairs.TimeAsync(ours), () => Pairs.TimeAsync(theirs));
        Console.WriteLine($"{Commands} query-status, {what}; floor: {floor}: {times.Describe()}");
        return Figure.AtLeast($"`query-status`, {what}", floor, 0.90, times.SpeedRatio);
    }

    private static Func<Task> Blocking(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

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
