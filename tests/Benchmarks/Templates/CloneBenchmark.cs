using Qemu.Machine;

namespace Benchmarks;

/// <summary>From wanting a pristine Linux machine to its answer on the serial shell: cloned, booted, and cloned by a bare script.</summary>
internal sealed class CloneBenchmark : IBenchmark
{
    private const int BootPairs = 8;
    private const int ScriptPairs = 40;

    public string Name => "clone";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        CloneGuest guest = await CloneGuest.CreateAsync();
        await using QemuTemplate template = await QemuTemplate.CreateAsync(guest.Describe());
        byte[] state = await File.ReadAllBytesAsync(template.Files.DeviceState);

        PairedTimes boots = await Pairs.MeasureAsync(BootPairs, () => CloneAsync(template), () => BootAsync(guest), warmUps: 1);
        Console.WriteLine($"clone and cold boot: {boots.Describe()}");
        PairedTimes scripts = await Pairs.MeasureAsync(ScriptPairs, () => CloneAsync(template), () => Task.FromResult(CloneBare(guest, template, state)));
        Console.WriteLine($"clone and bare script: {scripts.Describe()}");
        return
        [
            Figure.AtMost("wanting a clone → its shell's answer, Linux on q35, 256 MiB", "cold boot of the same guest", 0.05, boots.TimeRatio),
            Figure.AtMost("wanting a clone → its shell's answer, lifeline included", "`Process.Start` and raw sockets, no lifeline", 1.25, scripts.TimeRatio),
        ];
    }

    private static Task<TimeSpan> CloneAsync(QemuTemplate template) => RunAsync(() => template.CloneAsync());

    private static Task<TimeSpan> BootAsync(CloneGuest guest) => RunAsync(async () =>
    {
        QemuMachine machine = guest.Describe().Build();
        await machine.StartAsync();
        return machine;
    });

    private static async Task<TimeSpan> RunAsync(Func<Task<QemuMachine>> start)
    {
        QemuMachine? machine = null;
        try
        {
            return await Pairs.TimeAsync(async () =>
            {
                machine = await start();
                await CloneGuest.AskAsync(machine);
            });
        }
        finally
        {
            await machine!.KillAsync();
            await machine.DisposeAsync();
        }
    }

    private static TimeSpan CloneBare(CloneGuest guest, QemuTemplate template, byte[] state)
    {
        BareClone? clone = null;
        TimeSpan time = Pairs.Time(() =>
        {
            clone = BareClone.Start(guest, template.Files, state);
            clone.Ask();
        });
        clone!.Dispose();
        return time;
    }
}
