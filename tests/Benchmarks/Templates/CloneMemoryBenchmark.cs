using System.Globalization;
using Qemu.Machine;

namespace Benchmarks;

/// <summary>What clones take of the host's memory while they run at once: pages that several share count for each by its share.</summary>
internal sealed class CloneMemoryBenchmark : IBenchmark
{
    private const int Clones = 32;
    private const string Field = "Pss:";

    public string Name => "clone-memory";

    public async Task<IReadOnlyList<Figure>> RunAsync()
    {
        CloneGuest guest = await CloneGuest.CreateAsync();
        var options = new TemplateOptions { CloneTimeout = TimeSpan.FromMinutes(2) };
        await using QemuTemplate template = await QemuTemplate.CreateAsync(guest.Describe().WithTemplate(options));
        QemuMachine[] machines = [];
        try
        {
            TimeSpan time = await Pairs.TimeAsync(async () => machines = await Task.WhenAll(Enumerable.Range(0, Clones).Select(_ => CloneAsync(template))));
            double each = machines.Average(machine => ProportionalMebibytes(machine.ProcessId!.Value));
            Console.WriteLine(FormattableString.Invariant($"{Clones} clones at once: all answered after {time.TotalSeconds:0.0} s, {each:0.0} MiB each"));
            return [Figure.AtMost($"proportional memory of each of {Clones} clones that run at once, guest of 256 MiB", 50, each, "MiB")];
        }
        finally
        {
            foreach (QemuMachine machine in machines)
            {
                await machine.KillAsync();
                await machine.DisposeAsync();
            }
        }
    }

    private static async Task<QemuMachine> CloneAsync(QemuTemplate template)
    {
        QemuMachine machine = await template.CloneAsync();
        if (machine.LatestStart!.Kind != MachineStartKind.Clone)
            throw new InvalidOperationException($"It was {machine.LatestStart}");
        await CloneGuest.AskAsync(machine);
        return machine;
    }

    private static double ProportionalMebibytes(int process)
    {
        string line = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return double.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
