using Qemu.Machine;

namespace Benchmarks;

/// <summary>
/// A suite of tests of which each has a pristine Linux machine of its own: asks it one question over the console, or runs a command in it. With a template the suite begins with an
/// empty cache, so it boots once itself.
/// </summary>
internal sealed class CloneSuiteBenchmark : IBenchmark
{
    private const int Tests = 50;

    /// <summary>Booting is measured over fewer, in blocks between the others, and reckoned up: it takes minutes, and each boot is like the next.</summary>
    private const int Boots = 10;
    private const int Blocks = 5;

    public string Name => "clone-suite";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        CloneGuest guest = await CloneGuest.CreateAsync();
        return
        [
            await MeasureAsync(guest, "ask it a question", CloneGuest.AskAsync),
            await MeasureAsync(guest, "run a shell command in it", RunCommandAsync),
        ];
    }

    private static async Task<Figure> MeasureAsync(CloneGuest guest, string what, Func<QemuMachine, Task> test)
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("clone-suite-");
        try
        {
            var settings = new QemuSettings { CacheDirectory = cache.FullName };
            QemuMachineBuilder Cloned() => guest.Describe().WithSettings(settings).WithTemplate();
            TimeSpan cloning = TimeSpan.Zero;
            TimeSpan booting = TimeSpan.Zero;

            // What a fixture does: it holds on to the template between its tests.
            QemuTemplate? held = null;
            for (int block = 0; block < Blocks; block++)
            {
                cloning += await RunAsync(Tests / Blocks, Cloned, test);
                held ??= await new TemplateCache(settings).GetOrCreateAsync(Cloned().Spec);
                booting += await RunAsync(Boots / Blocks, guest.Describe, test);
            }

            await held!.DisposeAsync();
            TimeSpan cold = booting * ((double)Tests / Boots);
            Console.WriteLine(FormattableString.Invariant($"{Tests} tests that {what}: {cloning.TotalSeconds:0.0} s with the template's one boot, {cold.TotalSeconds:0.0} s booting each (from {Boots} boots)"));
            return Figure.AtMost($"a suite of {Tests} tests, each with a pristine Linux machine of its own, empty cache at first, that {what}", "the same, each booting", 0.125, cloning / cold);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static async Task<TimeSpan> RunAsync(int tests, Func<QemuMachineBuilder> describe, Func<QemuMachine, Task> test) => await Pairs.TimeAsync(async () =>
    {
        for (int i = 0; i < tests; i++)
        {
            await using QemuMachine machine = describe().Build();
            await machine.StartAsync();
            await test(machine);
        }
    });

    private static async Task RunCommandAsync(QemuMachine machine)
    {
        ShellResult result = await machine.Shell.RunAsync("ls /mine; echo mine >/mine; cat /mine");
        if (!result.Output.Contains("mine", StringComparison.Ordinal))
            throw new InvalidOperationException(result.Output);
    }
}
