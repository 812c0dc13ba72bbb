using System.Globalization;
using Microsoft.Extensions.Logging;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Shutdown;

/// <summary>Rows "shutdown", "shutdown(hard=True), kill", "has_quit", "context manager", "AbnormalShutdown", "warning on a signal".</summary>
public sealed class ShutdownTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Shutdown_is_graceful_and_cleans_up(string version)
    {
        using var root = new TempRoot();
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Rom("q35", QemuVersions.Binary(version)).WithTempRoot(root.Path).WithLogger(logger).Build();
        await machine.StartAsync();
        int process = machine.ProcessId!.Value;

        await machine.ShutdownAsync();

        Assert.Equal(new MachineEnd(MachineEndCause.Shutdown, ExitCode: 0, TerminatingSignal: null, IsAbnormal: false), machine.End);
        Assert.False(ProcessTable.IsAlive(process));
        Assert.Empty(root.Content);
        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Shutdown_of_a_stopped_qemu_is_forced_within_its_timeout()
    {
        // The faulty behaviour waits for the reply to quit, for ever.
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        int process = machine.ProcessId!.Value;
        ProcessTable.Signal(process, ProcessTable.SigStop);
        await Eventually.IsTrueAsync(() => ProcessTable.State(process) == 'T', "QEMU to be stopped");

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(
            () => machine.ShutdownAsync(TimeSpan.FromSeconds(2))).WaitAsync(Machines.HangGuard);

        Assert.Equal((MachineEndCause.Forced, 9), (error.End.Cause, error.End.TerminatingSignal));
        Assert.Contains("within 2 s", Assert.IsType<TimeoutException>(error.InnerException).Message, StringComparison.Ordinal);
        Assert.Contains("did not end in time and was forced to", error.Message, StringComparison.Ordinal);
        Assert.False(ProcessTable.IsAlive(process));
        await machine.LaunchAsync();
    }

    [Fact]
    public async Task Messages_read_the_same_in_every_culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = culture; // this test's alone
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.WaitForShutdownAsync(TimeSpan.FromSeconds(0.25)));

        Assert.Contains("within 0.25 s", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_of_a_machine_that_never_ran_or_is_down_does_nothing()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.ShutdownAsync();
        await machine.WaitForShutdownAsync();
        await machine.KillAsync();
        await machine.LaunchAsync();

        await machine.ShutdownAsync();
        MachineEnd? end = machine.End;
        await machine.ShutdownAsync();
        await machine.KillAsync();

        Assert.Same(end, machine.End);
    }

    [Fact]
    public async Task Shutdown_may_be_called_by_several_tasks_at_once()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => machine.ShutdownAsync()))).WaitAsync(Machines.HangGuard);

        Assert.Equal((MachineEndCause.Shutdown, 0), (machine.End!.Cause, machine.ExitCode));
    }

    [Fact]
    public async Task Shutdown_that_is_cancelled_takes_the_machine_down_and_stays_a_cancellation()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        int process = machine.ProcessId!.Value;
        ProcessTable.Signal(process, ProcessTable.SigStop);
        using var cancellation = new CancellationTokenSource();

        Task shutdown = machine.ShutdownAsync(Machines.HangGuard, cancellation.Token);
        await cancellation.CancelAsync();

        TaskCanceledException error = await Assert.ThrowsAsync<TaskCanceledException>(() => shutdown).WaitAsync(Machines.HangGuard);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.False(ProcessTable.IsAlive(process));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Quit_by_the_user_then_shutdown_is_a_clean_end(bool waitForTheEnd)
    {
        // The faulty behaviour raises: the connection is gone when it sends its own quit.
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        await machine.Qmp.ExecuteAsync("quit");
        if (waitForTheEnd)
            await Eventually.IsTrueAsync(() => machine.End is not null, "the machine to end");
        await machine.ShutdownAsync();

        Assert.Equal((MachineEndCause.Quit, false), (machine.End!.Cause, machine.End.IsAbnormal));
    }

    [Fact]
    public async Task Quit_through_the_human_monitor_counts_as_one()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        try
        {
            await machine.Qmp.ExecuteAsync("human-monitor-command", new { command_line = "quit" });
        }
        catch (QemuExitedException)
        {
            // Its reply races the end.
        }

        await Eventually.IsTrueAsync(() => machine.End is not null, "the machine to end");
        await machine.ShutdownAsync();
        Assert.Equal((MachineEndCause.Quit, 0), (machine.End!.Cause, machine.ExitCode));
    }

    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    [InlineData("microvm")]
    public async Task Power_off_by_the_guest_then_shutdown_is_a_clean_end(string machineType)
    {
        await using QemuMachine machine = Machines.Rom(machineType).Build();
        await machine.StartAsync();
        await machine.Console.SendLineAsync("poweroff");
        await Eventually.IsTrueAsync(() => machine.End is not null, "the machine to end");

        await machine.ShutdownAsync();

        Assert.Equal((MachineEndCause.GuestShutdown, 0), (machine.End!.Cause, machine.ExitCode));
    }

    [Fact]
    public async Task Power_off_that_is_announced_over_and_over_does_not_hinder_the_end()
    {
        await using QemuMachine machine = Machines.Rom().WithArguments("-no-shutdown").Build();
        await machine.StartAsync();
        for (int i = 0; i < 12; i++)
        {
            ConsoleMark mark = machine.Console.Mark;
            await machine.Console.SendLineAsync("poweroff");
            await machine.Events.WaitAsync("SHUTDOWN");
            await machine.Qmp.ExecuteAsync("system_reset");
            await machine.Qmp.ExecuteAsync("cont");
            await machine.Console.WaitForAsync(TestRom.Ready, from: mark);
        }

        await machine.ShutdownAsync().WaitAsync(Machines.HangGuard);

        Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
    }

    [Fact]
    public async Task Sigterm_of_somebody_else_is_not_the_guests_shutdown()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigTerm);
        await machine.WaitForShutdownAsync(Machines.HangGuard);

        Assert.Equal((MachineEndCause.Exited, 0), (machine.End!.Cause, machine.ExitCode));
    }

    [Fact]
    public async Task Kill_is_sigkill_and_no_warning_is_logged()
    {
        using var root = new TempRoot();
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Rom().WithLogger(logger).WithTempRoot(root.Path).Build();
        await machine.StartAsync();
        int process = machine.ProcessId!.Value;

        await machine.KillAsync();

        Assert.Equal((null, 9), (machine.ExitCode, machine.TerminatingSignal));
        Assert.Equal((MachineEndCause.Killed, false), (machine.End!.Cause, machine.End.IsAbnormal));
        Assert.False(ProcessTable.IsAlive(process));
        Assert.Empty(root.Content);
        await machine.ShutdownAsync();
        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Kill_during_a_shutdown_is_a_kill_and_no_crash()
    {
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Empty().WithLogger(logger).Build();
        await machine.LaunchAsync();
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigStop);

        Task shutdown = machine.ShutdownAsync(Timeout.InfiniteTimeSpan);
        await machine.KillAsync();
        await shutdown.WaitAsync(Machines.HangGuard);

        Assert.Equal((MachineEndCause.Killed, false), (machine.End!.Cause, machine.End.IsAbnormal));
        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Signal_of_somebody_else_is_warned_of_with_the_command()
    {
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Rom().WithLogger(logger).Build();
        await machine.StartAsync();

        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigSegv);
        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.WaitForShutdownAsync(Machines.HangGuard));

        string warning = Assert.Single(logger.Warnings);
        Assert.Contains("signal 11 (SIGSEGV)", warning, StringComparison.Ordinal);
        Assert.Contains(machine.CommandLine!, warning, StringComparison.Ordinal);
        Assert.Equal((MachineEndCause.Signaled, 11), (error.End.Cause, error.End.TerminatingSignal));
        await machine.ShutdownAsync(); // told once
    }

    [Fact]
    public async Task Crash_between_two_calls_is_told_by_the_next_shutdown()
    {
        await using QemuMachine machine = Machines.Empty().WithWrapper("sh", "-c", "\"$@\"; exit 3", "sh").Build();
        await machine.LaunchAsync();
        ProcessTable.Signal(Assert.Single(ProcessTable.Children(machine.ProcessId!.Value)), ProcessTable.SigKill);
        await Eventually.IsTrueAsync(() => machine.End is not null, "the machine to end");

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.ShutdownAsync());

        Assert.Equal((MachineEndCause.Exited, 3), (error.End.Cause, error.End.ExitCode));
        Assert.Contains("exited with code 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_for_shutdown_forces_a_guest_that_does_not_power_off()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        AbnormalShutdownException error = await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.WaitForShutdownAsync(TimeSpan.FromMilliseconds(300)));

        Assert.Equal(MachineEndCause.Forced, error.End.Cause);
        Assert.Contains("The guest did not shut down within 0.3 s", Assert.IsType<TimeoutException>(error.InnerException).Message, StringComparison.Ordinal);
        Assert.False(machine.IsRunning);
    }

    [Fact]
    public async Task Wait_for_shutdown_ends_with_the_guest()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        Task wait = machine.WaitForShutdownAsync(Machines.HangGuard);

        await machine.Console.SendLineAsync("after 50 poweroff");
        await wait;

        Assert.Equal(MachineEndCause.GuestShutdown, machine.End!.Cause);
    }

    [Fact]
    public async Task Disposal_ends_the_machine_whatever_happened_in_the_block()
    {
        using var root = new TempRoot();
        int process = 0;

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using QemuMachine machine = Machines.Rom().WithTempRoot(root.Path).Build();
            await machine.StartAsync();
            process = machine.ProcessId!.Value;
            throw new InvalidDataException();
        });

        Assert.False(ProcessTable.IsAlive(process));
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Disposal_of_a_crashed_machine_warns_and_does_not_throw()
    {
        var logger = new RecordingLogger();
        QemuMachine machine = Machines.Empty().WithLogger(logger).Build();
        await machine.LaunchAsync();
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigKill);

        await machine.DisposeAsync();
        await machine.DisposeAsync();

        Assert.Equal(2, logger.Warnings.Count); // the signal, and the end that nobody asked about
    }

    [Fact]
    public async Task Logger_that_fails_does_not_keep_a_machine_from_ending()
    {
        await using QemuMachine machine = Machines.Empty().WithLogger(new FailingLogger()).Build();
        await machine.LaunchAsync();
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigKill);

        await Assert.ThrowsAsync<AbnormalShutdownException>(() => machine.ShutdownAsync()).WaitAsync(Machines.HangGuard);
    }

    [Fact]
    public async Task Logger_that_fails_does_not_keep_a_machine_from_starting_or_a_panic_from_being_told()
    {
        await using QemuMachine machine = Machines.Rom().WithLogger(new FailingLogger()).Build();
        await machine.StartAsync();
        await machine.Console.SendLineAsync("kernel-panic");

        await Assert.ThrowsAsync<GuestPanicException>(() => machine.Console.WaitForAsync("never")).WaitAsync(Machines.HangGuard);
        await machine.ShutdownAsync();
    }

    [Fact]
    public async Task Every_kind_of_wait_ends_with_qemu_and_hears_the_same_cause()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        ProcessTable.Signal(machine.ProcessId!.Value, ProcessTable.SigStop);
        Task[] waits =
        [
            machine.Console.WaitForAsync("never", Timeout.InfiniteTimeSpan),
            machine.Events.WaitAsync("NEVER", Timeout.InfiniteTimeSpan),
            machine.Events.ReadAsync(Timeout.InfiniteTimeSpan),
            machine.Qmp.ExecuteAsync("query-status"),
            machine.Qmp.SendAsync(new QmpCommand("query-name") { Timeout = Timeout.InfiniteTimeSpan }),
        ];

        ProcessTable.Signal(machine.ProcessId.Value, ProcessTable.SigKill);

        foreach (Task wait in waits)
        {
            QemuExitedException error = await Assert.ThrowsAsync<QemuExitedException>(() => wait).WaitAsync(Machines.HangGuard);
            Assert.Same(machine.End, error.End);
        }

        await Assert.ThrowsAsync<QemuExitedException>(() => machine.Qmp.ExecuteAsync("query-status"));
        await Assert.ThrowsAsync<QemuExitedException>(() => machine.Console.WaitForAsync("never"));
        await Assert.ThrowsAsync<QemuExitedException>(() => machine.Console.SendLineAsync("nobody"));
        await Assert.ThrowsAsync<QemuExitedException>(() => machine.SendFileDescriptorAsync("/dev/null"));
    }

    private sealed class FailingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("There is no currently active test.");
    }
}
