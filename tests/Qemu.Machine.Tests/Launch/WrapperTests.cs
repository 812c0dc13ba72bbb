using System.Net;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Row "wrapper": <c>WithWrapper(…)</c>.</summary>
public sealed class WrapperTests
{
    [Fact]
    public async Task Wrapper_stands_in_front_of_qemu()
    {
        await using QemuMachine machine = Machines.Empty().WithWrapper("taskset", "-c", "0").Build();

        await machine.LaunchAsync();

        string status = await File.ReadAllTextAsync($"/proc/{machine.ProcessId}/status");
        Assert.Contains("Cpus_allowed_list:\t0\n", status, StringComparison.Ordinal);
        Assert.Contains("taskset -c 0 qemu-system-x86_64 ", machine.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrapper_that_is_missing_fails_the_launch_and_says_so()
    {
        await using QemuMachine machine = Machines.Empty().WithWrapper("no-such-wrapper").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("there is no 'no-such-wrapper' on PATH", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strace_wrapper_does_not_outlive_the_machine_nor_the_machine_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "needs strace: apt-get install strace");
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithWrapper("strace", "-f", "-o", root.File("trace")).Build();
        try
        {
            await machine.LaunchAsync();
        }
        catch (QemuLaunchException error) when (error.Message.Contains("ptrace", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Skip("strace may not trace here: " + error.Output);
        }

        await machine.ShutdownAsync();

        Assert.Equal(0, machine.ExitCode);
        Assert.Contains("execve(", await File.ReadAllTextAsync(root.File("trace")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_reaches_qemu_behind_a_wrapper_that_forks()
    {
        // As strace does it: QEMU is the wrapper's child, and a SIGKILL on the wrapper alone leaves it alive.
        using var root = new TempRoot();
        string wrapper = root.WriteScript("forks", "\"$@\" &\nwait $!");
        await using QemuMachine machine = Machines.Empty().WithWrapper(wrapper).Build();
        await machine.LaunchAsync();
        int qemu = Assert.Single(ProcessTable.Children(machine.ProcessId!.Value));
        Assert.EndsWith(Machines.Binary, ProcessTable.CommandLine(qemu)[0], StringComparison.Ordinal);

        await machine.KillAsync();

        Assert.False(ProcessTable.IsAlive(qemu));
        Assert.Equal(MachineEndCause.Killed, machine.End!.Cause);
    }

    [Fact]
    public async Task Qemu_does_not_outlive_a_wrapper_that_somebody_kills()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("forks", "\"$@\" &\nwait $!");
        await using QemuMachine machine = Machines.Empty().WithWrapper(wrapper).Build();
        await machine.LaunchAsync();
        int qemu = Assert.Single(ProcessTable.Children(machine.ProcessId!.Value));

        ProcessTable.Signal(machine.ProcessId.Value, ProcessTable.SigKill);
        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.WaitForShutdownAsync(Machines.HangGuard));

        Assert.Equal(MachineEndCause.Signaled, error.End.Cause);
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(qemu), "QEMU to go with its wrapper");
    }

    [Fact]
    public async Task Shutdown_is_graceful_behind_a_wrapper_that_forks()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("forks", "\"$@\" &\nwait $!");
        await using QemuMachine machine = Machines.Empty().WithWrapper(wrapper).WithoutQmp().Build();
        await machine.LaunchAsync();

        await machine.ShutdownAsync(Machines.HangGuard);

        Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
    }

    [Fact]
    public async Task Wrapper_that_closes_descriptors_works_with_a_socket_directory()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("closes", "exec 4<&- 5<&- 6<&-; exec \"$@\"");
        await using QemuMachine machine = Machines.Rom().WithWrapper(wrapper).WithSocketDirectory(root.Path).Build();

        await machine.StartAsync();

        Assert.Equal("running", (await machine.Qmp.ExecuteAsync("query-status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Wrapper_that_takes_the_descriptors_away_is_named_with_what_to_do()
    {
        using var root = new TempRoot();
        string wrapper = root.WriteScript("closes", "exec 4<&- 5<&- 6<&-; exec \"$@\"");
        await using QemuMachine machine = Machines.Empty().WithWrapper(wrapper).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("WithQmpEndPoint", error.Message, StringComparison.Ordinal);
        Assert.Contains("WithSocketDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrapper_that_moves_qemu_elsewhere_works_over_tcp()
    {
        using var root = new TempRoot();

        // Stands in for ssh: no descriptor, no directory and no environment of this process gets through.
        string ssh = root.WriteScript("ssh", "shift; cd /; exec 4<&- 5<&- 6<&-; exec env -i PATH=/usr/bin:/bin \"$@\"");
        await using QemuMachine machine = Machines.Empty().WithWrapper(ssh, "host").WithQmpEndPoint(new IPEndPoint(IPAddress.Loopback, 0)).Build();

        await machine.LaunchAsync();
        await machine.ShutdownAsync();

        Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
    }

    [Fact]
    public async Task Wrapper_that_moves_qemu_elsewhere_is_refused_without_a_tcp_endpoint()
    {
        using var root = new TempRoot();
        string ssh = root.WriteScript("ssh", "exit 0");
        await using QemuMachine machine = Machines.Empty().WithWrapper(ssh, "host").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.IsType<QemuConfigurationException>(error.InnerException);
        Assert.Contains("WithQmpEndPoint(new IPEndPoint(", error.Message, StringComparison.Ordinal);
        Assert.Contains("lifeline", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Descriptors_are_refused_where_a_wrapper_may_move_qemu_elsewhere()
    {
        using var root = new TempRoot();
        using var file = File.OpenHandle(root.Write("file", "x"));
        await using QemuMachine machine = Machines.Empty()
            .WithWrapper("env")
            .WithQmpEndPoint(new IPEndPoint(IPAddress.Loopback, 0))
            .WithFileDescriptor(file, 1)
            .Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.IsType<QemuConfigurationException>(error.InnerException);
        Assert.Contains("descriptors", error.Message, StringComparison.Ordinal);
    }
}
