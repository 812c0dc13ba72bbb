using Qemu.Machine;
using Xunit.Qemu;

namespace Fixtures;

public sealed class Pc : QemuMachineFixture
{
    protected override void Configure(QemuMachineBuilder vm) => vm.WithMachine("q35").WithMemory("64M");
}
