using Xunit;
using Xunit.Qemu;

namespace Fixtures;

public sealed class OwnMachineTests : QemuTest<Pc>
{
    [QemuFact]
    public async Task Machine_can_be_ended()
    {
        await Machine.ShutdownAsync();
        Assert.Equal(0, Machine.ExitCode);
    }

    [QemuFact]
    public void Another_test_has_another_machine() => Assert.True(Machine.IsRunning);
}
