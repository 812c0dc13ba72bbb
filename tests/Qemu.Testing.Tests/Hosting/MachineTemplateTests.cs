using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Hosting;

/// <summary>Fixtures whose machines come from templates, and how their resets go.</summary>
public sealed class MachineTemplateTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("qemu-testing-cache-");
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    public MachineTemplateTests() => _run.Settings = _run.Settings with { CacheDirectory = _cache.FullName };

    public void Dispose()
    {
        _run.Dispose();
        _cache.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_test_has_a_clone_of_its_own()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithTemplate());
        TestScope scope = _run.Enter();

        await using QemuMachine one = await host.CreateAsync(_token);
        await using QemuMachine two = await host.CreateAsync(_token);

        Assert.All([one, two], machine => Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind));
        Assert.Equal([one, two], scope.Machines);
        Assert.DoesNotContain(two.Events.TakeAll(), qmpEvent => qmpEvent.Name is "MIGRATION" or "STOP" or "RESUME");
    }

    [Fact]
    public async Task Template_stays_in_the_cache_while_no_test_uses_it()
    {
        var cache = new TemplateCache(_run.Settings.Machine);
        MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithTemplate());
        _run.Enter();
        await using (QemuMachine one = await host.CreateAsync(_token))
            Assert.Equal(MachineStartKind.Clone, one.LatestStart!.Kind);

        Assert.Equal(0, cache.Clear());
        DateTimeOffset built = Assert.Single(cache.List()).CreatedAt;
        await using (QemuMachine two = await host.CreateAsync(_token))
            Assert.Equal(MachineStartKind.Clone, two.LatestStart!.Kind);
        Assert.Equal(built, Assert.Single(cache.List()).CreatedAt);

        await host.DisposeAsync();
        Assert.NotEqual(0, cache.Clear());
    }

    [Fact]
    public async Task Template_is_let_go_of_also_when_the_fixtures_hook_fails()
    {
        MachineHost host = _run.Host(
            vm => TestRun.Rom(vm).WithTemplate(),
            onStopping: (_, _) => throw new InvalidOperationException("of the fixture's own"));
        await BeginAsync(host, new FakeReport(), "One");
        await using (await host.CreateAsync(_token))
            Assert.Equal(0, new TemplateCache(_run.Settings.Machine).Clear());

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await host.DisposeAsync());

        Assert.NotEqual(0, new TemplateCache(_run.Settings.Machine).Clear());
    }

    [Fact]
    public async Task Clones_kept_ready_are_counted_by_the_fixture_and_then_by_who_takes_them()
    {
        DirectoryInfo table = Directory.CreateTempSubdirectory("qemu-testing-table-");
        _run.Admission = new MachineAdmission(new SlotTable(() => table.FullName, TimeProvider.System), new HostBudget(100, long.MaxValue / 2), TimeProvider.System);
        MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithTemplate(new TemplateOptions { Pool = 2 }));
        _run.Enter();
        QemuMachine first = await host.CreateAsync(_token);
        await CountsAsync(table, taken: 1, kept: 2);

        QemuMachine second = await host.CreateAsync(_token); // out of the pool, which makes another

        await CountsAsync(table, taken: 2, kept: 2);
        await second.DisposeAsync();
        await CountsAsync(table, taken: 1, kept: 2);
        await first.DisposeAsync();
        await host.DisposeAsync();
        await CountsAsync(table, taken: 0, kept: 0);
        table.Delete(recursive: true);
    }

    [Fact]
    public async Task Clones_kept_ready_belong_to_the_test_that_takes_them_and_meet_the_fixtures_hook()
    {
        var met = new List<QemuMachine>();
        MachineHost host = _run.Host(
            vm => TestRun.Rom(vm).WithTemplate(new TemplateOptions { Pool = 1 }),
            onReady: (machine, _) =>
            {
                met.Add(machine);
                return Task.CompletedTask;
            });
        TestScope first = _run.Enter(name: "One");
        QemuMachine one = await host.CreateAsync(_token);
        await first.EndAsync(failed: false);
        TestScope second = _run.Enter(name: "Two");
        QemuMachine two = await host.CreateAsync(_token);

        Assert.Equal([one], first.Machines);
        Assert.Equal([two], second.Machines);
        Assert.Equal([one, two], met);
        Assert.Equal(MachineStartKind.Clone, two.LatestStart!.Kind);
        await two.Console.SendLineAsync("say hello", _token);
        await two.Console.WaitForAsync("hello", cancellationToken: _token);

        await one.DisposeAsync();
        await two.DisposeAsync();
        await host.DisposeAsync();
        Assert.NotEqual(0, new TemplateCache(_run.Settings.Machine).Clear());
    }

    [Fact]
    public async Task Reset_before_each_test_clones_anew()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithTemplate(), ResetPolicy.BeforeEachTest);
        var report = new FakeReport();
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        QemuMachine vm = host.GetMachine(one);
        int? process = vm.ProcessId;
        await one.EndAsync(failed: false);

        await BeginAsync(host, report, "Two");

        Assert.NotEqual(process, vm.ProcessId);
        Assert.Equal(MachineStartKind.Clone, vm.LatestStart!.Kind);
        Assert.Empty(report.Lines);
    }

    [Fact]
    public async Task Reset_says_which_way_it_went_and_why_no_quicker_one()
    {
        await using MachineHost host = _run.Host(reset: ResetPolicy.BeforeEachTest);
        TestScope one = await BeginAsync(host, new FakeReport(), "One");
        await one.EndAsync(failed: false);
        var report = new FakeReport();

        await BeginAsync(host, report, "Two");

        Assert.Contains("reset to a snapshot of itself", report.Output, StringComparison.Ordinal);
        Assert.Contains(".WithTemplate()", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boot_instead_of_a_clone_is_a_warning_that_names_the_device()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithDevice("nvme,serial=x").WithTemplate());
        var report = new FakeReport();

        await BeginAsync(host, report, "One");

        Assert.Contains("nvme", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Template_that_does_not_boot_is_shown_to_the_test()
    {
        await using MachineHost host = _run.Host(vm => TestRun.Rom(vm).WithTemplate().ReadyWhen(Readiness.Console("what never comes"), TimeSpan.FromMilliseconds(500)));
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);

        await Assert.ThrowsAsync<QemuTimeoutException>(() => host.CreateAsync(_token));
        await scope.EndAsync(failed: true);

        Assert.Contains(report.Attachments.Values, text => text.Contains("TESTROM READY", StringComparison.Ordinal));
    }

    private async Task<TestScope> BeginAsync(MachineHost host, FakeReport report, string name)
    {
        TestScope scope = _run.Enter(report, name);
        await host.PrepareAsync(scope, _token);
        return scope;
    }

    private async Task CountsAsync(DirectoryInfo table, int taken, int kept)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(_token);
        guard.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            MachineClaimKind[] kinds = [.. table.GetFiles("machine_*").Select(static file => MachineClaim.Parse(file.Name)!.Kind)];
            if (kinds.Count(static kind => kind != MachineClaimKind.Kept) == taken && kinds.Count(static kind => kind == MachineClaimKind.Kept) == kept)
                return;
            await Task.Delay(20, guard.Token);
        }
    }
}
