using Xunit;
using Xunit.Qemu;

namespace HelloLinux;

// A machine per test: xUnit makes the class anew for each test, and this base gives each its own.
public sealed class OwnMachineTests : QemuTest<LinuxVm>
{
    [QemuFact]
    public async Task Powers_off()
    {
        await Machine.Shell.SendLineAsync("poweroff -f");
        await Machine.WaitForShutdownAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, Machine.ExitCode);
    }
}
