using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

[assembly: AssemblyFixture(typeof(Fixtures.EverybodysPc))]

namespace Fixtures;

public sealed class EverybodysPc : QemuMachineFixture
{
    protected override void Configure(QemuMachineBuilder vm) => vm.WithMachine("pc");
}

public sealed class AssemblyTests(EverybodysPc pc)
{
    [QemuFact]
    public void Machine_starts_when_a_test_first_asks_for_it() => Assert.True(pc.Machine.IsRunning);
}
