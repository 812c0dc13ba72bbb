using System.Text.Json;
using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace QemuTests1;

/// <summary>Tests that share one machine.</summary>
public sealed class LinuxTests(LinuxVm vm) : IClassFixture<LinuxVm>
{
    [QemuFact]
    public async Task Kernel_answers()
    {
        ShellResult uname = await vm.Machine.Shell.RunAsync("uname -s");

        QemuAssert.Succeeded(uname);
        Assert.Equal("Linux", uname.Output.Trim());
    }

    [QemuFact]
    public async Task Qemu_says_that_the_machine_runs()
    {
        JsonElement status = await vm.Machine.Qmp.ExecuteAsync("query-status");

        Assert.Equal("running", status.GetProperty("status").GetString());
    }
}
