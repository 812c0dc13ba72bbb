using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace FailureGallery;

/// <summary>Four ways to fail. Each test after the first finds the machine in order again.</summary>
public sealed class Gallery(RomVm vm) : IClassFixture<RomVm>
{
    [QemuFact]
    public async Task Console_shows_something_else()
    {
        await vm.Machine.Console.SendLineAsync("say login incorrect");
        await QemuAssert.ConsoleShowsAsync(vm.Machine, "Welcome", TimeSpan.FromSeconds(1));
    }

    [QemuFact]
    public async Task Guest_panics()
    {
        await vm.Machine.Console.SendLineAsync("kernel-panic");
        await vm.Machine.Console.SendLineAsync("panic");
        await QemuAssert.ConsoleShowsAsync(vm.Machine, "all done", TimeSpan.FromSeconds(30));
    }

    [QemuFact(Timeout = 2000)]
    public async Task Test_takes_too_long()
    {
        await vm.Machine.Console.SendLineAsync("say working on it");
        await vm.Machine.Console.WaitForAsync("finished", TimeSpan.FromMinutes(10));
    }
}

public sealed class BadDevice(BadDeviceVm vm) : IClassFixture<BadDeviceVm>
{
    [QemuFact]
    public void Machine_does_not_launch() => Assert.True(vm.Machine.IsRunning);
}
