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
        .ReadyWhen(Readiness.Console(TestRom.Ready));

    protected override void Configure(QemuMachineBuilder vm) => Describe(vm);
}
