using System.Net.Sockets;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>From the wish to end to a dead process and, for ours, a removed directory.</summary>
internal sealed class EndBenchmark : IBenchmark
{
    private const int PairCount = 200;

    public string Name => "end";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        PairedTimes times = await Pairs.MeasureAsync(PairCount, ShutDownAsync, () => Task.FromResult(QuitBare()));
        Console.WriteLine($"end: {times.Describe()}");
        return [Figure.AtMost("graceful end, `-machine none`", "raw `quit` and `waitpid`", 1.10, times.TimeRatio)];
    }

    private static async Task<TimeSpan> ShutDownAsync()
    {
        await using QemuMachine machine = new QemuMachineBuilder(QemuBinary.Path).WithMachine("none").Build();
        await machine.LaunchAsync();
        return await Pairs.TimeAsync(() => machine.ShutdownAsync());
    }

    private static TimeSpan QuitBare()
    {
        string name = BareQemu.NewName();
        using Socket listener = RawQmp.Listen(name);
        RawProcess process = RawProcess.Start(QemuBinary.Path, RawQmp.Arguments(name, "-machine", "none"));
        using var qmp = new RawQmp(listener.Accept());
        qmp.Negotiate();
        return Pairs.Time(() =>
        {
            qmp.Quit();
            process.Wait();
        });
    }
}
