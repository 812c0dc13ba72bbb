using Qemu.Machine;

namespace Tests.Qemu.Machine.Transport;

/// <summary>Row "set_qmp_monitor": <c>WithoutQmp()</c>.</summary>
public sealed class WithoutQmpTests
{
    [Fact]
    public async Task Machine_has_no_monitor_and_says_so()
    {
        await using QemuMachine machine = Machines.Rom().WithoutQmp().Build();

        await machine.StartAsync();

        Assert.DoesNotContain("qmp", machine.CommandLine, StringComparison.Ordinal);
        Assert.DoesNotContain("-mon", machine.CommandLine, StringComparison.Ordinal);
        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.Qmp.ExecuteAsync("query-status"));
        Assert.Contains("WithoutQmp()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_is_a_sigterm_at_once_and_clean()
    {
        // The faulty behaviour is to wait out the timeout, which here never ends.
        await using QemuMachine machine = Machines.Rom().WithoutQmp().Build();
        await machine.StartAsync();

        await machine.ShutdownAsync(Timeout.InfiniteTimeSpan).WaitAsync(Machines.HangGuard);

        Assert.Contains("terminating on signal 15", machine.Log, StringComparison.Ordinal);
        Assert.Equal((0, MachineEndCause.Shutdown, false), (machine.ExitCode, machine.End!.Cause, machine.End.IsAbnormal));
    }

    [Fact]
    public async Task Shutdown_right_after_the_start_is_clean_though_the_signal_kills()
    {
        var logger = new RecordingLogger();
        for (int i = 0; i < 5; i++)
        {
            await using QemuMachine machine = Machines.Empty().WithoutQmp().WithLogger(logger).Build();
            await machine.LaunchAsync();
            await machine.ShutdownAsync(Machines.HangGuard);
            Assert.False(machine.End!.IsAbnormal);
        }

        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Shutdown_kills_what_ignores_the_signal()
    {
        using var root = new TempRoot();
        string script = root.WriteScript("qemu", "trap '' TERM; echo ready; while :; do sleep 1; done");
        await using QemuMachine machine = new QemuMachineBuilder(script).WithoutQmp().Build();
        await machine.LaunchAsync();
        await Eventually.IsTrueAsync(() => machine.Log == "ready\n", "the script to be ready");

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.ShutdownAsync(TimeSpan.FromMilliseconds(200)));

        Assert.Equal((MachineEndCause.Forced, 9), (error.End.Cause, error.End.TerminatingSignal));
    }
}
