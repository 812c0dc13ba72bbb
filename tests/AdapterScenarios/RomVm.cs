using Qemu.Machine;
using Tests;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>The test ROM, ready to obey.</summary>
public class RomVm : QemuMachineFixture
{
    protected override string Binary => "qemu-system-x86_64";

    public static QemuMachineBuilder Describe(QemuMachineBuilder vm) => vm
        .WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path)
        .WithDevice("pvpanic").WithDevice(TestRom.DebugExitDevice)
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready + "\n"));

    /// <summary>Has the guest say a line, and waits for all of it.</summary>
    public static async Task SayAsync(QemuMachine machine, string line)
    {
        await machine.Console.SendLineAsync($"say {line}");
        await machine.Console.WaitForAsync(line + "\n");
    }

    protected override void Configure(QemuMachineBuilder vm) => Describe(vm);
}
