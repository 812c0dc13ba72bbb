using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Transport;

/// <summary>Row "qmp_timer": <c>WithQmpTimeout(…)</c>.</summary>
public sealed class QmpTimeoutTests
{
    [Fact]
    public async Task Launch_ends_at_the_timeout_when_the_process_lives_and_qmp_does_not_come_up()
    {
        using var root = new TempRoot();
        string script = root.WriteScript("qemu", "echo booting; exec sleep 1000");
        await using QemuMachine machine = new QemuMachineBuilder(script).WithQmpTimeout(TimeSpan.FromMilliseconds(300)).WithTempRoot(root.Path).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("QMP did not come up within 0.3 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(9, error.TerminatingSignal);
        Assert.Equal("booting\n", error.Output);
        Assert.False(machine.IsRunning);
        Assert.Equal([script], root.Content);
    }

    [Fact]
    public async Task Command_ends_at_the_timeout_and_the_session_stays_usable()
    {
        await using QemuMachine machine = Machines.Empty().WithQmpTimeout(TimeSpan.FromSeconds(2)).Build();
        await machine.LaunchAsync();
        int process = machine.ProcessId!.Value;

        ProcessTable.Signal(process, ProcessTable.SigStop);
        await Assert.ThrowsAsync<QmpTimeoutException>(() => machine.Qmp.ExecuteAsync("query-status"));
        ProcessTable.Signal(process, ProcessTable.SigCont);

        Assert.True((await machine.Qmp.ExecuteAsync("query-status")).TryGetProperty("status", out _));
    }

    [Fact]
    public void Timeout_is_thirty_seconds_by_default() =>
        Assert.Equal(TimeSpan.FromSeconds(30), Machines.Empty().Spec.QmpTimeout);
}
