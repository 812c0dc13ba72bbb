using Qemu.Machine;
using Tests;
using Xunit.Qemu;

namespace FailureGallery;

public class RomVm : QemuMachineFixture
{
    protected override string Binary => "qemu-system-x86_64";

    protected override void Configure(QemuMachineBuilder vm) => vm
        .WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path).WithDevice("pvpanic")
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready));
}
