using Qemu.Machine;

namespace DyingHost;

/// <summary>Builds templates and makes clones of them for ever, each template for two machines.</summary>
internal static class TemplateChurn
{
    public static async Task RunAsync(string rom, string cache, string root)
    {
        Console.WriteLine("ready 0");
        await Console.Out.FlushAsync();
        while (true)
        {
            string id = Guid.NewGuid().ToString();
            await using QemuMachine one = Describe(rom, cache, root, id).Build();
            await one.StartAsync();
            await using QemuMachine two = Describe(rom, cache, root, id).Build();
            await two.StartAsync();
        }
    }

    private static QemuMachineBuilder Describe(string rom, string cache, string root, string id) => new QemuMachineBuilder("qemu-system-x86_64")
        .WithMachine("pc").WithMemory("16M").WithAccelerator("tcg").WithFirmware(rom).WithConsole().WithTempRoot(root)
        .ReadyWhen(Readiness.Console("TESTROM READY"))
        .WithArguments("-uuid", id)
        .WithSettings(new QemuSettings { CacheDirectory = cache })
        .WithTemplate(new TemplateOptions { MemoryDirectory = root });
}
