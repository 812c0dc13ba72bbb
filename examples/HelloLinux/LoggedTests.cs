using Microsoft.Extensions.Logging;
using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace HelloLinux;

// What the library does with a machine, in the output of the test.
public sealed class LoggedTests(ITestOutputHelper output)
{
    [QemuFact]
    public async Task Machine_says_how_it_starts()
    {
        await using QemuMachine vm = new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("none")
            .WithLogger(new TestOutputLogger(output, LogLevel.Debug))
            .Build();
        await vm.StartAsync();
        Assert.True(vm.IsRunning);
    }
}
