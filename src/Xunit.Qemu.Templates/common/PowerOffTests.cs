using Xunit;
using Xunit.Qemu;

namespace QemuTests1;

/// <summary>Tests that each have a machine of their own, and may break it.</summary>
public sealed class PowerOffTests : QemuTest<LinuxVm>
{
    [QemuFact]
    public async Task Machine_powers_off()
    {
        await Machine.Shell.SendLineAsync("poweroff -f");
        await Machine.WaitForShutdownAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, Machine.ExitCode);
    }
}
