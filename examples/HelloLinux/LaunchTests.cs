using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace HelloLinux;

public sealed class LaunchTests
{
    [QemuFact]
    public async Task Unknown_device_is_refused()
    {
        await using QemuMachine vm = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("none").WithArguments("-device", "nonsense").Build();
        QemuLaunchException error = await QemuAssert.LaunchFailsAsync(vm, "not a valid device model name");
        Assert.Equal(1, error.ExitCode);
    }
}
