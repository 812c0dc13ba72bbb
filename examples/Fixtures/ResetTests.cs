using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace Fixtures;

public sealed class PristinePc : QemuMachineFixture
{
    protected override ResetPolicy Reset => ResetPolicy.BeforeEachTest;

    protected override void Configure(QemuMachineBuilder vm) => vm.WithMachine("q35");
}

public sealed class ResetTests(PristinePc pc) : IClassFixture<PristinePc>
{
    [QemuTheory]
    [InlineData("this one")]
    [InlineData("and this one")]
    public async Task Machine_runs_though_each_test_stops_it(string which)
    {
        Assert.True((await pc.Machine.Qmp.ExecuteAsync("query-status")).GetProperty("running").GetBoolean(), which);
        await pc.Machine.Qmp.ExecuteAsync("stop");
    }
}
