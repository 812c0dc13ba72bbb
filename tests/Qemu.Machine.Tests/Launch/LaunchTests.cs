using System.Diagnostics.Metrics;
using System.Globalization;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Rows "launch", "VMLaunchFailure", and the order of a launch.</summary>
public sealed class LaunchTests
{
    [Fact]
    public async Task Launch_of_a_launched_machine_is_an_error_and_leaves_it_running()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        int? process = machine.ProcessId;

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.LaunchAsync());

        Assert.Contains("launched already", error.Message, StringComparison.Ordinal);
        Assert.Equal(process, machine.ProcessId);
        Assert.True(machine.IsRunning);
    }

    [Fact]
    public async Task Launch_works_a_hundred_times_and_leaks_nothing()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).WithConsole().Build();
        var processes = new HashSet<int>();
        await machine.LaunchAsync();
        await machine.KillAsync();
        int before = ProcessTable.Descriptors(Environment.ProcessId).Values.Count(IsOurs);

        for (int i = 0; i < 100; i++)
        {
            await machine.LaunchAsync();
            processes.Add(machine.ProcessId!.Value);
            Assert.Equal(JsonTrue, (await machine.Qmp.ExecuteAsync("query-status")).GetProperty("running").GetRawText());
            await machine.ShutdownAsync();
        }

        Assert.Equal(100, processes.Count);
        Assert.Empty(root.Content);
        Assert.DoesNotContain(processes, ProcessTable.IsAlive);
        int after = ProcessTable.Descriptors(Environment.ProcessId).Values.Count(IsOurs);
        Assert.True(after - before < 50, $"{before} descriptors before, {after} after 100 launches");

        // Other tests run meanwhile, so the count is not exact; a leak is one a launch at least.
        static bool IsOurs(string target) => target.StartsWith("socket:", StringComparison.Ordinal)
            || target.StartsWith("pipe:", StringComparison.Ordinal)
            || target.Contains("qemu-machine-", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_does_not_outlive_a_launch_that_fails_right_after_its_start()
    {
        string mark = $"started-{Guid.NewGuid():N}";
        var rule = new FailingRule();
        await using QemuMachine machine = Machines.Empty().WithConsole().WithArguments("-name", mark).WithPanicRule(rule).Build();
        rule.Fails = true;

        await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        await Eventually.IsTrueAsync(() => ProcessTable.WithArgument(mark).Count == 0, "QEMU to go");
    }

    [Fact]
    public async Task Listener_that_fails_does_not_keep_the_machines_end_from_those_who_wait_for_it()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        string endsOn = string.Create(CultureInfo.InvariantCulture, $"wait for process {machine.ProcessId}");
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "qemu.machine.running")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) =>
        {
            if (Thread.CurrentThread.Name == endsOn) // other tests' machines are measured too
                throw new InvalidOperationException("of the listener's own");
        });
        listener.Start();

        await machine.KillAsync().WaitAsync(Machines.HangGuard);
    }

    [Fact]
    public async Task Process_that_exits_before_qmp_is_up_fails_the_launch_at_its_exit()
    {
        // The faulty behaviour is to wait out the timer; this one never ends.
        await using QemuMachine machine = Machines.Empty().WithQmpTimeout(Timeout.InfiniteTimeSpan).WithArguments("-device", "nonsense").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync()).WaitAsync(Machines.HangGuard);

        Assert.Equal(1, error.ExitCode);
        Assert.Contains("not a valid device model name", error.Output, StringComparison.Ordinal);
        Assert.Equal(error.Output, machine.Log);
        Assert.Contains("nonsense", error.CommandLine, StringComparison.Ordinal);
        Assert.IsType<QmpDisconnectedException>(error.InnerException);
        string[] order = ["did not launch: QEMU exited with code 1", "not a valid device model name", "exited with code 1.", "Command line:", "-device nonsense"];
        Assert.Equal(order, order.OrderBy(part => error.Message.LastIndexOf(part, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Ready_means_more_than_the_greeting(string version)
    {
        // QEMU greets before it opens any of these: a launch that believed the greeting would succeed at times.
        string binary = QemuVersions.Binary(version);
        string[][] wrong = [["-kernel", "/nonexistent"], ["-bios", "/nonexistent"], ["-device", "virtio-net,netdev=nope"], ["-drive", "file=/nonexistent,if=ide"]];
        foreach (string[] arguments in wrong)
        {
            await using QemuMachine machine = Machines.RomWithoutConsole("pc", binary).WithArguments(arguments).Build();

            QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

            Assert.Equal(1, error.ExitCode);
            Assert.NotEmpty(error.Output);
        }
    }

    [Fact]
    public async Task Failed_launch_leaves_nothing_and_can_be_repeated()
    {
        using var root = new TempRoot();
        string script = root.WriteScript("qemu", $"[ -e {root.File("good")} ] || exit 3; exec {Machines.Binary} \"$@\"");
        await using QemuMachine machine = new QemuMachineBuilder(script).WithMachine("none").WithTempRoot(root.Path).WithSocketDirectory(root.Path).WithConsole().Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());
        string[] left = [.. root.Content];
        await machine.ShutdownAsync();
        root.Write("good", "");
        await machine.LaunchAsync();

        Assert.Equal(3, error.ExitCode);
        Assert.Equal([script], left);
        Assert.True(machine.IsRunning);
    }

    [Fact]
    public async Task End_of_a_failed_launch_is_told_once()
    {
        var logger = new RecordingLogger();
        await using (QemuMachine machine = Machines.Empty().WithLogger(logger).WithArguments("-nonsense").Build())
        {
            await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());
            await machine.ShutdownAsync();
            await machine.WaitForShutdownAsync();
        }

        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Launch_that_is_cancelled_before_it_begins_names_the_callers_token()
    {
        var token = new CancellationToken(canceled: true);
        await using QemuMachine machine = Machines.Empty().Build();

        TaskCanceledException error = await Assert.ThrowsAsync<TaskCanceledException>(() => machine.LaunchAsync(token));

        Assert.Equal(token, error.CancellationToken);
        Assert.Null(machine.CommandLine);
    }

    [Fact]
    public async Task Cancelled_launch_stays_a_cancellation_and_takes_the_machine_down()
    {
        using var root = new TempRoot();
        using var cancellation = new CancellationTokenSource();
        string script = root.WriteScript("qemu", $"touch {root.File("started")}; exec sleep 1000");
        await using QemuMachine machine = new QemuMachineBuilder(script).WithTempRoot(root.Path).Build();

        Task launch = machine.LaunchAsync(cancellation.Token);
        await Eventually.IsTrueAsync(() => File.Exists(root.File("started")), "the process to start");
        int process = machine.ProcessId!.Value;
        await cancellation.CancelAsync();

        TaskCanceledException error = await Assert.ThrowsAsync<TaskCanceledException>(() => launch);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.False(ProcessTable.IsAlive(process));
        Assert.Equal([script, root.File("started")], root.Content.Order().Reverse().OrderBy(path => path.Length));
        await machine.ShutdownAsync();
    }

    [Fact]
    public async Task Shutdown_during_a_launch_ends_it_cleanly()
    {
        using var root = new TempRoot();
        string script = root.WriteScript("qemu", $"touch {root.File("started")}; exec sleep 1000");
        var logger = new RecordingLogger();
        await using QemuMachine machine = new QemuMachineBuilder(script).WithLogger(logger).Build();

        Task launch = machine.LaunchAsync();
        await Eventually.IsTrueAsync(() => File.Exists(root.File("started")), "the process to start");
        await machine.ShutdownAsync(Machines.HangGuard);

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => launch);
        Assert.Contains("it was shut down", error.Message, StringComparison.Ordinal);
        Assert.Empty(logger.Warnings);
    }

    [Fact]
    public async Task Launch_of_a_disposed_machine_is_an_error()
    {
        QemuMachine machine = Machines.Empty().Build();
        await machine.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => machine.LaunchAsync());
    }

    [Fact]
    public async Task Standard_input_is_closed_to_qemu_and_its_session_is_its_own()
    {
        await using QemuMachine machine = Machines.Empty().Build();

        await machine.LaunchAsync();

        Assert.Equal("/dev/null", ProcessTable.Descriptors(machine.ProcessId!.Value)[0]);
        string[] stat = (await File.ReadAllTextAsync($"/proc/{machine.ProcessId}/stat")).Split(") ")[^1].Split(' ');
        Assert.Equal(machine.ProcessId.ToString(), stat[2]); // process group: one signal reaches wrapper and QEMU
        Assert.Equal(machine.ProcessId.ToString(), stat[3]); // session: Ctrl-C in the terminal does not
    }

    [Fact]
    public async Task Two_machines_live_side_by_side_in_one_process()
    {
        await using QemuMachine one = Machines.Rom().Build();
        await using QemuMachine two = Machines.Rom("q35").Build();

        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        await one.Console.SendLineAsync("id");
        await two.Console.SendLineAsync("id");

        await one.Console.WaitForAsync("machine=pc ");
        await two.Console.WaitForAsync("machine=q35 ");
        Assert.NotEqual(one.Name, two.Name);
        Assert.NotEqual(one.TempDirectory, two.TempDirectory);
        await one.KillAsync();
        await two.Console.SendLineAsync("still here");
        await two.Console.WaitForAsync("echo: still here");
    }

    [Fact]
    public async Task Twenty_machines_live_at_once()
    {
        QemuMachine[] machines = [.. Enumerable.Range(0, 20).Select(_ => Machines.Rom().Build())];
        try
        {
            await Task.WhenAll(machines.Select(machine => machine.StartAsync()));
            await Task.WhenAll(machines.Select((machine, number) => machine.Console.SendLineAsync($"number {number}")));
            await Task.WhenAll(machines.Select((machine, number) => machine.Console.WaitForAsync($"echo: number {number}\n", Machines.HangGuard)));
            await Task.WhenAll(machines.Select(machine => machine.ShutdownAsync(Machines.HangGuard)));
            Assert.All(machines, machine => Assert.Equal(0, machine.ExitCode));
        }
        finally
        {
            foreach (QemuMachine machine in machines)
                await machine.DisposeAsync();
        }
    }

    private const string JsonTrue = "true";

    private sealed record FailingRule() : PanicRule("failing")
    {
        public bool Fails { get; set; }

        public override IReadOnlyList<string> Triggers => Fails ? throw new InvalidOperationException("of the rule's own") : ["what"];

        public override string? FindTitle(string line) => null;
    }
}
