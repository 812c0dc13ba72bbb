using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Assertions;

public sealed class PanicsTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(300);

    private readonly TestRun _run = new();
    private readonly QemuMachine _vm = TestRun.Rom().Build();
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _vm.DisposeAsync();
        _run.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Panics_returns_the_panic_and_ends_what_waits_for_the_guest()
    {
        await _vm.StartAsync(_token);

        GuestPanic panic = await QemuAssert.PanicsAsync(
            _vm,
            "not syncing: test",
            async token =>
            {
                await _vm.Console.SendLineAsync("kernel-panic", token);
                await _vm.Console.WaitForAsync("what never comes", TimeSpan.FromHours(1), cancellationToken: token);
            },
            cancellationToken: _token);

        Assert.Equal("Kernel panic - not syncing: test", panic.Title);
        Assert.True(panic.IsAllowed);
        await _vm.Console.SendLineAsync("say goes on", _token);
        await _vm.Console.WaitForAsync("goes on", cancellationToken: _token);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panics_takes_one_that_ends_qemu()
    {
        await _vm.StartAsync(_token);

        GuestPanic panic = await QemuAssert.PanicsAsync(
            _vm,
            "GUEST_PANICKED",
            async token =>
            {
                await _vm.Console.SendLineAsync("panic", token);
                await _vm.Console.WaitForAsync("what never comes", TimeSpan.FromHours(1), cancellationToken: token);
            },
            cancellationToken: _token);

        Assert.Equal("GUEST_PANICKED", panic.Rule);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panics_waits_for_one_that_comes_by_itself()
    {
        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("after 3000 kernel-panic", _token);

        Assert.Equal("kernel panic", (await QemuAssert.PanicsAsync(_vm, "Kernel panic", cancellationToken: _token)).Rule);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panics_fails_with_what_the_machine_threw_when_there_is_none()
    {
        await _vm.StartAsync(_token);

        var error = await Assert.ThrowsAsync<QemuAssertionException>(() => QemuAssert.PanicsAsync(
            _vm, "title", token => _vm.Console.WaitForAsync("what never comes", s_soon / 10, cancellationToken: token), s_soon, _token));

        Assert.Contains("\"what never comes\" on console 0", error.Actual, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panics_throws_what_the_test_itself_did_wrong()
    {
        await _vm.StartAsync(_token);

        await Assert.ThrowsAsync<NotSupportedException>(() => QemuAssert.PanicsAsync(_vm, "title", _ => throw new NotSupportedException(), TimeSpan.FromHours(1), _token));
        await Assert.ThrowsAsync<NotSupportedException>(() => QemuAssert.PanicsAsync(
            _vm,
            "not syncing: test",
            async token =>
            {
                await _vm.Console.SendLineAsync("kernel-panic", token);
                await Task.WhenAny(Task.Delay(Timeout.Infinite, token));
                throw new NotSupportedException();
            },
            cancellationToken: _token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancellation_stays_one()
    {
        await _vm.StartAsync(_token);
        using var cancelled = new CancellationTokenSource(s_soon);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QemuAssert.PanicsAsync(_vm, "title", TimeSpan.FromHours(1), cancelled.Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Panic_is_allowed_in_the_test_that_provokes_it_and_ends_the_waits_of_another_without_failing_that()
    {
        await _vm.StartAsync(_token);
        var report = new FakeReport();
        var waits = new TaskCompletionSource();
        Task<Exception> other = Task.Run(async () =>
        {
            TestScope others = _run.Enter(report, "Other");
            others.Lend(_vm, "vm");
            Task<ConsoleMatch> waiting = _vm.Console.WaitForAsync("what never comes", TimeSpan.FromHours(1));
            waits.SetResult();
            Exception error = await Assert.ThrowsAsync<GuestPanicException>(() => waiting);
            await Assert.ThrowsAsync<GuestPanicException>(() => _vm.Console.SendLineAsync("say x"));
            Assert.Null(others.TakePanic());
            await others.EndAsync(failed: false);
            return error;
        });
        await waits.Task;

        TestScope scope = _run.Enter(name: "Provokes");
        scope.Lend(_vm, "vm");
        Task<ConsoleMatch> ownWait = _vm.Console.WaitForAsync("goes on");
        await QemuAssert.PanicsAsync(_vm, "not syncing: test", token => _vm.Console.SendLineAsync("kernel-panic", token));
        await _vm.Console.SendLineAsync("say goes on");
        await ownWait;

        Assert.Contains("panicked, which another test that uses it had meant it to", (await other).Message, StringComparison.Ordinal);
        Assert.False(report.IsCancelled);
        Assert.Empty(report.Attachments);
        await scope.EndAsync(failed: false);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panic_that_a_fixture_allows_is_allowed_in_all_tests()
    {
        PanicAllowance? allowance = null;
        MachineHost host = _run.Host(onReady: (machine, _) =>
        {
            allowance = machine.AllowPanics();
            return Task.CompletedTask;
        });
        await using (host)
        {
            TestScope scope = _run.Enter();
            await host.PrepareAsync(scope, _token);
            QemuMachine vm = host.GetMachine(scope);
            await vm.Console.SendLineAsync("kernel-panic");
            await allowance!.WaitAsync();

            await vm.Console.SendLineAsync("say goes on");
            await vm.Console.WaitForAsync("goes on");
        }
    }
}
