using Qemu.Machine;

namespace Tests.Qemu.Machine.Shell;

/// <summary>Other shells than busybox's, and other consoles than the first serial port.</summary>
public sealed class GuestShellConsolesTests
{
    [Theory(Timeout = 300_000)]
    [InlineData("exec dash -i")]
    [InlineData("exec bash -i")]
    public async Task Commands_run_at_other_shells_prompts(string shell)
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).Build();
        await machine.StartAsync();
        await machine.Shell.SendLineAsync(shell);

        Assert.Equal("Linux\n", (await machine.Shell.RunAsync("uname -s")).Output);
        Assert.Equal(5, (await machine.Shell.RunAsync("exit 5")).ExitCode);
        await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.Shell.RunAsync("sleep 1000", TimeSpan.FromSeconds(2)));
        ShellResult result = await machine.Shell.RunAsync("cat", options: ShellRunOptions.Default.WithInput("in and out\n"));
        Assert.Equal("in and out\n", result.Output);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(null, 1)]
    [InlineData("virtconsole", 0)]
    public async Task Shell_has_a_console_of_its_own_where_asked(string? deviceType, int index)
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync("loglevel=8")).WithConsole(deviceType, index).WithShell(console: 1).Build();
        await machine.StartAsync();
        ConsoleMark mark = machine.Console.Mark;

        ShellResult result = await machine.Shell.RunAsync("dmesg -n 8; echo '<1>from the kernel' >/dev/kmsg; echo from the shell");

        Assert.Equal("from the shell\n", result.Output);
        await machine.Console.WaitForAsync("from the kernel", from: mark);
        Assert.DoesNotContain("from the shell", machine.Console.GetText(mark), StringComparison.Ordinal);
        Assert.DoesNotContain("from the kernel\r", System.Text.Encoding.Latin1.GetString(machine.Consoles[1].GetBytes()), StringComparison.Ordinal);
        Assert.Same(machine.Consoles[1], machine.Shell.Console);
    }

    [Fact(Timeout = 300_000)]
    public async Task Command_that_ends_the_machine_reports_its_end()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).Build();
        await machine.StartAsync();

        var error = await Assert.ThrowsAsync<QemuExitedException>(() => machine.Shell.RunAsync("poweroff -f"));

        Assert.Equal(MachineEndCause.GuestShutdown, error.End.Cause);
    }

    [Fact(Timeout = 300_000)]
    public async Task Command_that_comes_before_the_guest_listens_waits_for_it()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).Build();
        await machine.LaunchAsync();

        Assert.Equal("Linux\n", (await machine.Shell.RunAsync("uname -s", TimeSpan.FromMinutes(2))).Output);
    }

    [Fact]
    public void Machine_without_that_console_says_what_to_add()
    {
        QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithConsole().WithShell(console: 1).Build();

        Assert.Contains(".WithConsole()", Assert.Throws<QemuConfigurationException>(() => machine.Shell).Message, StringComparison.Ordinal);
    }
}
