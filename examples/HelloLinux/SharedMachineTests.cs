using System.Text.Json;
using Qemu.Machine;
using Qemu.Qmp;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace HelloLinux;

// One machine for the class.
public sealed class SharedMachineTests(LinuxVm vm) : IClassFixture<LinuxVm>
{
    [QemuFact]
    public async Task Kernel_answers()
    {
        ShellResult uname = await vm.Machine.Shell.RunAsync("uname -s");
        Assert.Equal("Linux", uname.Output.Trim());
    }

    [QemuTheory(Device = "virtio-net-pci", MinimumVersion = "7.0")]
    [InlineData("lo")]
    public async Task Interface_exists(string name) =>
        QemuAssert.Succeeded(await vm.Machine.Shell.RunAsync($"ip link show {name}"));

    [QemuFact]
    public async Task Pristine_clones_on_demand() // as many as the test wants
    {
        await using QemuMachine a = await vm.CloneAsync();
        await using QemuMachine b = await vm.CloneAsync();
        Assert.NotEqual(a.ProcessId, b.ProcessId);
    }

    [QemuFact]
    public async Task Qmp_and_events()
    {
        JsonElement status = await vm.Machine.Qmp.ExecuteAsync("query-status");
        Assert.Equal("running", status.GetProperty("status").GetString());
        await vm.Machine.Qmp.ExecuteAsync("device_add", new { driver = "virtio-rng-pci", bus = "port0", id = "rng0" });
        await vm.Machine.Qmp.ExecuteAsync("system_reset");
        QmpEvent reset = await vm.Machine.Events.WaitAsync("RESET", new { guest = false }, TimeSpan.FromSeconds(10));
        Assert.Equal("RESET", reset.Name);
        await vm.Machine.Console.WaitForAsync("GUEST READY"); // the tests after this one want it booted
    }
}
