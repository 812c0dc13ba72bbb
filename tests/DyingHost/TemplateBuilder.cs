using Qemu.Machine;
using Tests.Qemu.Machine;

namespace DyingHost;

/// <summary>Builds a template, prints <c>BOOTED</c> before it is saved, waits for a line, and prints how its machine came up.</summary>
internal static class TemplateBuilder
{
    public static async Task<int> RunAsync(string rom, string cache, string memoryDirectory)
    {
        await using QemuMachine machine = TemplateOfTwo.Describe(cache, rom, memoryDirectory, async () =>
        {
            Console.WriteLine("BOOTED");
            await Console.In.ReadLineAsync();
        }).Build();
        await machine.StartAsync();
        Console.WriteLine(machine.LatestStart!.Kind);
        return 0;
    }
}
