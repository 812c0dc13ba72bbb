using Qemu.Machine;
using Xunit.Qemu;

namespace QemuTests1;

/// <summary>The machine that tests share, or get a clone of.</summary>
public sealed class LinuxVm : QemuMachineFixture
{
    protected override void Configure(QemuMachineBuilder vm) => vm
        .WithMachine("q35").WithMemory("256M")
        .WithKernel(Guest.Kernel, Guest.Initrd, append: "console=ttyS0 quiet panic=-1")
        .WithConsole()
        .ReadyWhen(Readiness.Console("GUEST READY"))
        .WithTemplate(); // boot once, clone from then on
}
