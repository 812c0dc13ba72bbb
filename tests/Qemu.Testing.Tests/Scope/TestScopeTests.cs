using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Scope;

public sealed class TestScopeTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly FakeReport _report = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Failed_test_leaves_attachments_a_tail_and_files()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(scope.CancellationToken);
        await vm.Console.SendLineAsync("say from the guest", scope.CancellationToken);
        await vm.Console.WaitForAsync("from the guest\n", cancellationToken: scope.CancellationToken);

        await scope.EndAsync(failed: true);

        Assert.Equal(["vm-console", "vm-machine"], _report.Attachments.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("TESTROM READY\nfrom the guest\n", _report.Attachments["vm-console"]);
        Assert.Contains("QMP status: running", _report.Attachments["vm-machine"], StringComparison.Ordinal);
        Assert.Contains("qemu-system-x86_64", _report.Attachments["vm-machine"], StringComparison.Ordinal);
        Assert.Contains("  from the guest", _report.Output, StringComparison.Ordinal);
        Assert.Contains(scope.ArtifactDirectory, _report.Output, StringComparison.Ordinal);
        Assert.Equal("TESTROM READY\r\nfrom the guest\r\n", Read(scope, "console.log"));
        Assert.Contains("-bios", Read(scope, "command.sh"), StringComparison.Ordinal);
        Assert.StartsWith("Some.Class.Test\nfailed\n", Read(scope, "test.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_that_ends_at_the_time_out_waits_for_the_evidence()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(scope.CancellationToken);
        using var mayAttach = new ManualResetEventSlim();
        var attaches = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _report.Attaching = () =>
        {
            attaches.TrySetResult();
            mayAttach.Wait(TimeSpan.FromMinutes(1));
        };

        Task timeOut = scope.AbandonAsync();
        await attaches.Task;
        Task<int> body = scope.EndAsync(failed: true).ContinueWith(_ => _report.Attachments.Count, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        mayAttach.Set();

        Assert.Equal(2, await body);
        await timeOut;
    }

    [Fact]
    public async Task Test_that_times_out_comes_to_its_end_before_it_is_reported()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);
        Task body = BodyAsync();

        await scope.CancelAsync(TimeSpan.FromMinutes(1));

        Assert.NotEmpty(_report.Attachments);
        await Assert.ThrowsAsync<TaskCanceledException>(() => body);

        async Task BodyAsync()
        {
            try
            {
                await vm.Console.WaitForAsync("what never comes", Timeout.InfiniteTimeSpan);
            }
            finally
            {
                await scope.EndAsync(failed: true);
            }
        }
    }

    [Fact]
    public async Task Test_that_is_cancelled_sends_no_file_descriptor_any_more()
    {
        using var cancellation = new CancellationTokenSource();
        TestScope scope = _run.Enter(_report, cancellationToken: cancellation.Token);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => vm.SendFileDescriptorAsync("/dev/null"));
    }

    [Fact]
    public async Task Test_that_does_not_listen_is_left_behind_at_its_time_out()
    {
        TestScope scope = _run.Enter(_report);
        using CancellationTokenRegistration wrong = scope.CancellationToken.Register(static () => throw new InvalidOperationException("of the test's own"));

        await scope.CancelAsync(TimeSpan.FromMilliseconds(1));

        Assert.True(scope.CancellationToken.IsCancellationRequested);
        Assert.Equal("Something failed when the test was cancelled at its time-out: of the test's own", Assert.Single(_report.Warnings));
        await scope.EndAsync(failed: true);
    }

    [Fact]
    public async Task Passed_test_leaves_nothing_and_removes_what_an_earlier_failure_left()
    {
        TestScope failed = _run.Enter();
        await using (QemuMachine vm = TestRun.Rom().Build())
            await vm.StartAsync(failed.CancellationToken);
        await failed.EndAsync(failed: true);
        Assert.True(Directory.Exists(failed.ArtifactDirectory));

        TestScope passed = _run.Enter(_report);
        await passed.EndAsync(failed: false);

        Assert.False(Directory.Exists(passed.ArtifactDirectory));
        Assert.Empty(_report.Lines);
        Assert.Empty(_report.Attachments);
        Assert.Empty(_report.Warnings);
    }

    [Fact]
    public async Task Chosen_accelerator_shows_in_the_output_of_a_test_that_passes()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").WithAccelerator(Accelerators.BestAvailable).Build();
        await vm.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: false);

        Assert.Matches(@"^Machine vm ran on (tcg|kvm) \(best available: a guest ran", Assert.Single(_report.Lines));
    }

    [Fact]
    public async Task Passed_test_leaves_its_evidence_on_disk_when_all_is_to_be_kept()
    {
        _run.Settings = _run.Settings with { Keep = ArtifactKeeping.All };
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: false);

        Assert.Equal("TESTROM READY\r\n", Read(scope, "console.log"));
        Assert.StartsWith("Some.Class.Test\npassed\n", Read(scope, "test.txt"), StringComparison.Ordinal);
        Assert.Empty(_report.Attachments);
    }

    [Fact]
    public async Task Two_machines_of_a_test_are_told_apart()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine one = TestRun.Rom().Build();
        await using QemuMachine two = TestRun.Rom().Build();
        await one.StartAsync(scope.CancellationToken);
        await two.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: true);

        Assert.Equal(["qemu-2-console", "qemu-2-machine", "qemu-console", "qemu-machine"], _report.Attachments.Keys.Order(StringComparer.Ordinal));
        Assert.NotEmpty(Read(scope, "qemu/console.log"));
        Assert.NotEmpty(Read(scope, "qemu-2/console.log"));
    }

    [Fact]
    public async Task Long_console_is_attached_by_its_end_and_whole_on_disk()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(scope.CancellationToken);
        await vm.Console.SendLineAsync("flood 1500000", scope.CancellationToken);
        await vm.Console.WaitForAsync(TestRom.FloodDone, TimeSpan.FromMinutes(2), cancellationToken: scope.CancellationToken);

        await scope.EndAsync(failed: true);

        string attached = _report.Attachments["vm-console"];
        Assert.InRange(attached.Length, 900_000, MachineEvidence.AttachmentLimit);
        Assert.StartsWith("[the last of ", attached, StringComparison.Ordinal);
        Assert.EndsWith($"{TestRom.FloodDone}\n", attached, StringComparison.Ordinal);
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(scope.ArtifactDirectory, "console.log"), scope.CancellationToken);
        Assert.True(whole.AsSpan().IndexOf(TestRom.Flood(1_500_000)) >= 0);
        Assert.InRange(_report.Lines.Count, 10, 100);
    }

    [Fact]
    public async Task Forgotten_machine_is_ended_with_a_warning()
    {
        TestScope scope = _run.Enter(_report);
        scope.BeginBody();
        QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: false);

        Assert.False(vm.IsRunning);
        Assert.Contains(vm.Name, Assert.Single(_report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_built_with_the_class_is_left_to_the_class()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);
        scope.BeginBody();

        await scope.EndAsync(failed: false);

        Assert.True(vm.IsRunning);
        Assert.Empty(_report.Warnings);
    }

    [Fact]
    public async Task Machine_that_a_class_forgot_is_ended_when_the_class_is_gone()
    {
        TestScope scope = _run.Enter(_report);
        QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);
        scope.BeginBody();
        await scope.EndAsync(failed: false);

        await scope.EndMachinesOfClassAsync();

        Assert.False(vm.IsRunning);
        Assert.Contains(vm.Name, Assert.Single(_report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_of_a_machine_that_a_test_built_queues_and_leaves_the_queue_with_the_test()
    {
        using var gate = new StartGate(1);
        using var cancel = new CancellationTokenSource();
        _ = _run.Enter(_report, cancellationToken: cancel.Token, gate: gate);
        var release = new TaskCompletionSource();
        Task first = gate.RunAsync(_ => release.Task, CancellationToken.None);
        await using QemuMachine vm = TestRun.Rom().Build();

        Task start = vm.StartAsync(CancellationToken.None);
        Assert.False(start.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Null(vm.CommandLine);
        release.SetResult();
        await first;
    }

    [Fact]
    public async Task Cancelled_test_ends_the_waits_of_its_machines()
    {
        using var cancel = new CancellationTokenSource();
        TestScope scope = _run.Enter(_report, cancellationToken: cancel.Token);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(CancellationToken.None);
        Task wait = vm.Console.WaitForAsync("what never comes", Timeout.InfiniteTimeSpan, cancellationToken: CancellationToken.None);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.True(scope.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Panic_of_a_guest_cancels_the_test_and_is_given_once_to_fail_it()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(CancellationToken.None);
        await vm.Console.SendLineAsync("kernel-panic", CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(TimeSpan.FromMinutes(2), scope.CancellationToken));
        await scope.EndAsync(failed: false);

        Assert.True(_report.IsCancelled);
        Assert.Contains("not syncing: test", _report.Attachments["vm-machine"], StringComparison.Ordinal);
        Assert.Contains("not syncing: test", scope.TakePanic()!.Message, StringComparison.Ordinal);
        Assert.Null(scope.TakePanic());
    }

    [Fact]
    public async Task Panic_that_ended_a_wait_fails_the_test_though_others_are_told_of_it_first()
    {
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(CancellationToken.None);
        using var testEnded = new ManualResetEventSlim();
        vm.PanicOccurred += (_, _) => testEnded.Wait(CancellationToken.None);
        TestScope scope = _run.Enter(_report);
        scope.Lend(vm, "vm");
        try
        {
            await vm.Console.SendLineAsync("kernel-panic", CancellationToken.None);
            await Assert.ThrowsAsync<GuestPanicException>(() => vm.Console.WaitForAsync("what never comes", TimeSpan.FromMinutes(2), cancellationToken: CancellationToken.None));

            await scope.EndAsync(failed: false);
            Assert.Contains("not syncing: test", scope.TakePanic()!.Message, StringComparison.Ordinal);
        }
        finally
        {
            testEnded.Set();
        }
    }

    [Fact]
    public async Task Panic_that_the_test_provokes_is_none()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(CancellationToken.None);
        using PanicAllowance allowance = vm.AllowPanics();
        await vm.Console.SendLineAsync("kernel-panic", CancellationToken.None);
        await allowance.WaitAsync(cancellationToken: CancellationToken.None);

        await scope.EndAsync(failed: false);

        Assert.False(_report.IsCancelled);
        Assert.Null(scope.TakePanic());
    }

    [Fact]
    public async Task Ended_test_is_nobodys_current_one_unless_it_was_cancelled()
    {
        TestScope ended = _run.Enter();
        await ended.EndAsync(failed: false);
        Assert.Null(TestScope.Current);

        using var cancel = new CancellationTokenSource();
        TestScope cancelled = _run.Enter(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await cancelled.EndAsync(failed: true);
        Assert.Same(cancelled, TestScope.Current);
    }

    [Fact]
    public async Task Unwritable_artefacts_are_a_warning_and_the_rest_of_the_evidence_is_there()
    {
        string file = Path.Combine(_run.Artifacts, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        _run.Settings = _run.Settings with { ArtifactsDirectory = Path.Combine(file, "below") };
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: true);

        Assert.Contains("vm-console", _report.Attachments.Keys);
        Assert.Contains("Evidence is incomplete", Assert.Single(_report.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ArtifactKeeping.Evidence, 0)]
    [InlineData(ArtifactKeeping.All, 1)]
    public async Task Unwritable_artefacts_do_not_touch_a_passing_test(ArtifactKeeping keep, int warnings)
    {
        string file = Path.Combine(_run.Artifacts, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        _run.Settings = _run.Settings with { ArtifactsDirectory = Path.Combine(file, "below"), Keep = keep };
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync(scope.CancellationToken);

        await scope.EndAsync(failed: false);

        Assert.Equal(warnings, _report.Warnings.Count);
        Assert.Empty(_report.Lines);
    }

    [Fact]
    public void Builder_in_a_test_starts_from_the_settings_of_the_run()
    {
        _run.Settings = _run.Settings with { TimeoutScale = 3 };
        _run.Enter();

        Assert.Equal(3, new QemuMachineBuilder("qemu-system-x86_64").Spec.Settings.TimeoutScale);
        TestRun.Leave();
        Assert.Equal(1, new QemuMachineBuilder("qemu-system-x86_64").Spec.Settings.TimeoutScale);
    }

    private static string Read(TestScope scope, string name) => File.ReadAllText(Path.Combine(scope.ArtifactDirectory, name));
}
