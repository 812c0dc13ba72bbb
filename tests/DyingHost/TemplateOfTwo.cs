using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>The machine whose template two processes want; what is done before it is saved is not part of its key.</summary>
internal static class TemplateOfTwo
{
    public static QemuMachineBuilder Describe(string cache, string rom, string memoryDirectory, Func<Task> beforeSaving) => new QemuMachineBuilder("qemu-system-x86_64")
        .WithMachine("pc").WithMemory("32M").WithAccelerator("tcg")
        .WithFirmware(rom)
        .WithConsole()
        .ReadyWhen(
            Readiness.All(Readiness.Console("TESTROM READY"), Readiness.When("the word to go on", (_, _) => beforeSaving())),
            TimeSpan.FromMinutes(5))
        .WithSettings(new QemuSettings { CacheDirectory = cache })
        .WithTemplate(new TemplateOptions { MemoryDirectory = memoryDirectory });
}
