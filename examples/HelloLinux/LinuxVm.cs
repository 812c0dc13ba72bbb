using Qemu.Machine;
using Xunit.Qemu;

namespace HelloLinux;

public sealed class LinuxVm : QemuMachineFixture
{
    protected override void Configure(QemuMachineBuilder vm) => vm
        .WithMachine("q35").WithMemory("256M")
        .WithKernel(Guests.Kernel, Guests.Initrd, append: "console=ttyS0 quiet panic=-1")
        .WithDevice("pcie-root-port,id=port0") // q35 takes devices at run time on a root port only
        .WithConsole()
        .ReadyWhen(Readiness.Console("GUEST READY"))
        .WithTemplate();                       // boot once, clone from then on
}
