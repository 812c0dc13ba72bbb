using Qemu.Machine;

namespace Tests.Qemu.Machine.State;

/// <summary>Rows "is_running, get_pid, exitcode" and "get_log".</summary>
public sealed class StateTests
{
    [Fact]
    public async Task State_follows_the_machines_life()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        Assert.Equal((false, null, null, null, null), (machine.IsRunning, machine.ProcessId, machine.ExitCode, machine.TerminatingSignal, machine.End));

        await machine.StartAsync();
        int process = Assert.NotNull(machine.ProcessId);
        Assert.EndsWith(Machines.Binary, ProcessTable.CommandLine(process)[0], StringComparison.Ordinal);
        Assert.Equal((true, null, null, null), (machine.IsRunning, machine.ExitCode, machine.TerminatingSignal, machine.End));

        await machine.Console.SendLineAsync("exit 3");
        await machine.WaitForShutdownAsync(Machines.HangGuard);
        Assert.Equal((false, null, TestRom.ExitCode(3), null), (machine.IsRunning, machine.ProcessId, machine.ExitCode, machine.TerminatingSignal));
        await machine.DisposeAsync();
        Assert.Equal(TestRom.ExitCode(3), machine.ExitCode);

        Assert.False(ProcessTable.IsAlive(process));
    }

    [Fact]
    public async Task Exit_code_is_there_as_soon_as_the_machine_does_not_run()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        await machine.Console.SendLineAsync("exit 5");

        await Eventually.IsTrueAsync(() => !machine.IsRunning, "the guest to exit");

        Assert.Equal(TestRom.ExitCode(5), machine.ExitCode);
    }

    [Fact]
    public async Task Signal_is_told_apart_from_an_exit_code_of_137()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("wrapper", "\"$@\"; exit 137");
        await using QemuMachine exits = Machines.Rom().WithWrapper(wrapper).Build();
        await using QemuMachine killed = Machines.Empty().Build();
        await exits.StartAsync();
        await killed.LaunchAsync();

        await exits.Console.SendLineAsync("poweroff");
        await exits.WaitForShutdownAsync(Machines.HangGuard);
        await killed.KillAsync();

        Assert.Equal((137, null), (exits.ExitCode, exits.TerminatingSignal));
        Assert.Equal((null, 9), (killed.ExitCode, killed.TerminatingSignal));
    }

    [Fact]
    public async Task Log_has_what_qemu_wrote_while_it_runs_and_after()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("wrapper", "echo to stdout; echo to stderr >&2; printf 'b\\377d\\n'; exec \"$@\"");
        await using QemuMachine machine = Machines.Empty().WithWrapper(wrapper).Build();
        Assert.Equal("", machine.Log);

        await machine.LaunchAsync();
        string running = machine.Log;
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigTerm);
        await machine.WaitForShutdownAsync(Machines.HangGuard);

        Assert.StartsWith("to stdout\nto stderr\nb\uFFFDd\n", running, StringComparison.Ordinal);
        Assert.StartsWith(running, machine.Log, StringComparison.Ordinal);
        Assert.Contains("terminating on signal 15", machine.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_starts_anew_with_each_launch()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigTerm);
        await machine.WaitForShutdownAsync(Machines.HangGuard);

        await machine.LaunchAsync();

        Assert.Equal("", machine.Log);
    }
}
