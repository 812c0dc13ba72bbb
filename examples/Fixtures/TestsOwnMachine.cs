using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace Fixtures;

public sealed class TestsOwnMachine
{
    [QemuFact]
    public async Task Machine_of_the_tests_own_making()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("none").Build();
        await machine.LaunchAsync();
        await machine.Qmp.ExecuteAsync("quit");
        await machine.WaitForShutdownAsync();
    }
}
