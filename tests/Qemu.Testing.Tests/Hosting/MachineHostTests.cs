using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Hosting;

public sealed class MachineHostTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Tests_share_one_machine_and_each_sees_its_own_part_of_the_console()
    {
        await using MachineHost host = _run.Host();
        var first = new FakeReport();
        TestScope one = await BeginAsync(host, first, "One");
        QemuMachine vm = host.GetMachine(one);
        await SayAsync(vm, "in the first");
        await one.EndAsync(failed: true);
        var second = new FakeReport();
        TestScope two = await BeginAsync(host, second, "Two");
        await SayAsync(vm, "in the second");
        await two.EndAsync(failed: true);

        Assert.Same(vm, host.GetMachine(two));
        Assert.Equal("in the first\n", first.Attachments["RomVm-console"]);
        Assert.Equal("in the second\n", second.Attachments["RomVm-console"]);
    }

    [Fact]
    public async Task Overlapping_tests_on_one_machine_are_labelled()
    {
        await using MachineHost host = _run.Host();
        var report = new FakeReport();
        TestScope one = await BeginAsync(host, report, "One");
        TestScope two = await BeginAsync(host, new FakeReport(), "Two");
        await SayAsync(host.GetMachine(two), "mixed");
        await two.EndAsync(failed: false);

        await one.EndAsync(failed: true);

        Assert.StartsWith("[other tests used this machine at the same time, their output is in here too: Some.Class.Two]\n", report.Attachments["RomVm-console"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_start_is_kept_and_thrown_to_every_test_with_its_evidence()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithDevice("nonsense"));
        var report = new FakeReport();
        TestScope one = _run.Enter(report, "One");

        QemuLaunchException first = await Assert.ThrowsAsync<QemuLaunchException>(() => host.PrepareAsync(one, _token));
        QemuLaunchException second = Assert.Throws<QemuLaunchException>(() => host.GetMachine(_run.Enter(name: "Two")));
        await one.EndAsync(failed: true);

        Assert.Same(first, second);
        Assert.Contains("nonsense", report.Attachments["RomVm-qemu"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_that_never_got_ready_shows_its_whole_console()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).ReadyWhen(Readiness.Console("what never comes"), TimeSpan.FromMilliseconds(500)));
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);

        await Assert.ThrowsAsync<QemuTimeoutException>(() => host.PrepareAsync(scope, _token));
        await scope.EndAsync(failed: true);

        Assert.Equal("TESTROM READY\n", report.Attachments["RomVm-console"]);
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("exit 3")]
    public async Task Broken_machine_is_started_again_before_the_next_test_under_the_same_handle(string end)
    {
        await using MachineHost host = _run.Host();
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        QemuMachine vm = host.GetMachine(one);
        await vm.Console.SendLineAsync(end, _token);
        await vm.WaitForShutdownAsync(cancellationToken: _token);
        await one.EndAsync(failed: true);

        TestScope two = await BeginAsync(host, new FakeReport(), "Two");

        Assert.Same(vm, host.GetMachine(two));
        Assert.True(vm.IsRunning);
        await SayAsync(vm, "alive again");
    }

    [Fact]
    public async Task Machine_whose_guest_panicked_is_started_again_even_if_qemu_runs_on()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithArguments("-action", "panic=none"));
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        QemuMachine vm = host.GetMachine(one);
        int? process = vm.ProcessId;
        await vm.Console.SendLineAsync("panic", _token);
        await Assert.ThrowsAsync<GuestPanicException>(() => vm.Console.WaitForAsync("what never comes", cancellationToken: CancellationToken.None));
        await one.EndAsync(failed: true);

        await BeginAsync(host, new FakeReport(), "Two");
        int? afterwards = vm.ProcessId;
        await BeginAsync(host, new FakeReport(), "Three");

        Assert.NotEqual(process, afterwards);
        Assert.Equal(afterwards, vm.ProcessId);
    }

    [Fact]
    public async Task Machine_that_is_never_reset_stays_ended()
    {
        await using MachineHost host = _run.Host(reset: ResetPolicy.Never);
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        await host.GetMachine(one).KillAsync();
        await one.EndAsync(failed: true);

        TestScope two = await BeginAsync(host, new FakeReport(), "Two");

        Assert.False(host.GetMachine(two).IsRunning);
        await Assert.ThrowsAsync<QemuExitedException>(() => SayAsync(host.GetMachine(two), "nothing"));
    }

    [Fact]
    public async Task Machine_is_as_new_before_each_test_when_asked_for()
    {
        await using MachineHost host = _run.Host(reset: ResetPolicy.BeforeEachTest);
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        QemuMachine vm = host.GetMachine(one);
        await vm.Console.SendLineAsync("poke 50000 5a", _token);
        await vm.Console.WaitForAsync("ok", cancellationToken: _token);
        await one.EndAsync(failed: false);

        TestScope two = await BeginAsync(host, new FakeReport(), "Two");

        Assert.Same(vm, host.GetMachine(two));
        Assert.Equal(MachineStartKind.Snapshot, vm.LatestStart!.Kind);
        await vm.Console.SendLineAsync("peek 50000", _token);
        Assert.Equal("00\n", (await vm.Console.WaitForAsync(new System.Text.RegularExpressions.Regex("^[0-9a-f]{2}\n", System.Text.RegularExpressions.RegexOptions.Multiline), cancellationToken: _token)).Text);
    }

    [Fact]
    public async Task Machine_that_is_reset_before_each_test_is_started_again_when_it_broke()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithArguments("-action", "panic=none"), ResetPolicy.BeforeEachTest);
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        QemuMachine vm = host.GetMachine(one);
        await vm.Console.SendLineAsync("panic", _token);
        await Assert.ThrowsAsync<GuestPanicException>(() => vm.Console.WaitForAsync("what never comes", cancellationToken: CancellationToken.None));
        await one.EndAsync(failed: true);

        await BeginAsync(host, new FakeReport(), "Two");

        Assert.Null(vm.Panic);
        await SayAsync(vm, "alive again");
    }

    [Fact]
    public async Task First_test_gets_the_machine_that_just_started()
    {
        int starts = 0;
        await using MachineHost host = _run.Host(reset: ResetPolicy.BeforeEachTest, onReady: (_, _) => Task.FromResult(starts++));

        await BeginAsync(host, new FakeReport(), "One");

        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task Overlapping_tests_on_a_machine_that_is_reset_are_an_error_that_names_the_way_out()
    {
        await using MachineHost host = _run.Host(reset: ResetPolicy.BeforeEachTest);
        TestScope one = await BeginAsync(host, new FakeReport(), "One");

        QemuConfigurationException error = await Assert.ThrowsAsync<QemuConfigurationException>(() => BeginAsync(host, new FakeReport(), "Two"));

        Assert.Contains("QemuTest<RomVm>", error.Message, StringComparison.Ordinal);
        Assert.Contains("CloneAsync", error.Message, StringComparison.Ordinal);
        Assert.Contains("Some.Class.One", error.Message, StringComparison.Ordinal);
        Assert.True(host.GetMachine(one).IsRunning);
    }

    [Fact]
    public async Task Hooks_run_at_each_start_and_before_each_end()
    {
        var calls = new List<string>();
        MachineHost host = _run.Host(
            reset: ResetPolicy.BeforeEachTest,
            onReady: (_, _) => Record("ready"),
            onStopping: (_, _) => Record("stopping"));
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        await one.EndAsync(failed: false);
        await BeginAsync(host, new FakeReport(), "Two");

        await host.DisposeAsync();

        Assert.Equal(["ready", "stopping", "ready", "stopping"], calls);

        Task Record(string call)
        {
            calls.Add(call);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Hook_that_fails_is_the_failure_of_the_start()
    {
        await using MachineHost host = _run.Host(onReady: (_, _) => throw new InvalidOperationException("on purpose"));

        await host.EnsureStartedAsync(_token);

        Assert.Throws<InvalidOperationException>(() => host.GetMachine(scope: null));
    }

    [Fact]
    public async Task Machine_that_a_hook_built_is_shown_by_failing_tests_and_ended_with_the_host()
    {
        QemuMachine? extra = null;
        MachineHost host = _run.Host(onReady: async (_, token) =>
        {
            extra = TestRun.Rom().WithName("extra").Build();
            await extra.StartAsync(token);
        });
        var report = new FakeReport();
        TestScope scope = await BeginAsync(host, report, "One");
        await SayAsync(extra!, "from the extra one");
        await scope.EndAsync(failed: true);

        Assert.Equal("from the extra one\n", report.Attachments["extra-console"]);
        Assert.True(extra!.IsRunning);
        await host.DisposeAsync();
        Assert.False(extra.IsRunning);
    }

    [Fact]
    public async Task Another_machine_of_the_same_definition_belongs_to_the_test()
    {
        await using MachineHost host = _run.Host();
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);
        await host.PrepareAsync(scope, _token);
        scope.BeginBody();

        QemuMachine other = await host.CreateAsync(_token);
        Assert.NotSame(host.GetMachine(scope), other);
        await SayAsync(other, "from the other");
        await scope.EndAsync(failed: true);

        Assert.Contains("from the other", report.Attachments["RomVm-2-console"], StringComparison.Ordinal);
        Assert.False(other.IsRunning);
    }

    [Fact]
    public async Task Machine_that_dies_in_a_test_is_shown_even_if_the_test_passes()
    {
        await using MachineHost host = _run.Host();
        var report = new FakeReport();
        TestScope scope = await BeginAsync(host, report, "One");
        QemuMachine vm = host.GetMachine(scope);
        using (var process = System.Diagnostics.Process.GetProcessById(vm.ProcessId!.Value))
            process.Kill();
        await Assert.ThrowsAsync<AbnormalShutdownException>(() => vm.WaitForShutdownAsync(cancellationToken: _token));

        await scope.EndAsync(failed: false);

        Assert.Contains("SIGKILL", report.Attachments["RomVm-machine"], StringComparison.Ordinal);
        string[] told = await File.ReadAllLinesAsync(Path.Combine(scope.ArtifactDirectory, "test.txt"), _token);
        Assert.Equal("passed", told[1]);
        Assert.Contains("Machine RomVm ended: QEMU ended by signal 9 (SIGKILL)", told);
    }

    [Fact]
    public async Task Missing_program_is_a_requirement_that_is_not_met()
    {
        await using MachineHost host = _run.Host(binary: "qemu-system-nowhere");

        await host.EnsureStartedAsync(_token);

        RequirementNotMetException unmet = Assert.Throws<RequirementNotMetException>(() => host.GetMachine(scope: null));
        Assert.StartsWith("needs qemu-system-nowhere: ", unmet.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_ends_a_start_that_is_under_way()
    {
        MachineHost host = _run.Host(vm => TestRun.Rom(vm).ReadyWhen(Readiness.Console("what never comes"), TimeSpan.FromHours(1)));
        Task start = host.EnsureStartedAsync(_token);

        await host.DisposeAsync();

        await start;
        Assert.ThrowsAny<OperationCanceledException>(() => host.GetMachine(scope: null));
    }

    [Fact]
    public async Task Hooks_need_no_thread_of_the_callers_synchronisation_context()
    {
        await using MachineHost host = _run.Host(onReady: async (_, _) => await Task.Yield());
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new DeafContext());
        Task start;
        try
        {
            start = host.EnsureStartedAsync(_token);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        await start.WaitAsync(TimeSpan.FromMinutes(1), _token);
        Assert.True(host.GetMachine(scope: null).IsRunning);
    }

    private async Task<TestScope> BeginAsync(MachineHost host, FakeReport report, string name)
    {
        TestScope scope = _run.Enter(report, name);
        await host.PrepareAsync(scope, _token);
        return scope;
    }

    private async Task SayAsync(QemuMachine vm, string text)
    {
        ConsoleMark mark = vm.Console.Mark;
        await vm.Console.SendLineAsync($"say {text}", _token);
        await vm.Console.WaitForAsync(text + "\n", from: mark, cancellationToken: _token);
    }

    /// <summary>The context of a runner all of whose threads are busy.</summary>
    private sealed class DeafContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
