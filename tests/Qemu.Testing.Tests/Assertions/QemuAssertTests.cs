using System.Text.RegularExpressions;
using Qemu.Machine;
using Qemu.Qmp;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Assertions;

public sealed class QemuAssertTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(200);

    private readonly QemuMachine _vm = TestRun.Rom().Build();
    private readonly QemuMachine _bad = TestRun.Rom().WithDevice("nonsense").Build();
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _vm.DisposeAsync();
        await _bad.DisposeAsync();
    }

    [Fact]
    public async Task LaunchFails_returns_the_failure()
    {
        Assert.Equal(1, (await QemuAssert.LaunchFailsAsync(_bad, "not a valid device model name", _token)).ExitCode);
        Assert.Equal(1, (await QemuAssert.LaunchFailsAsync(_bad, new Regex("'nonsense' is"), _token)).ExitCode);
    }

    [Fact]
    public async Task LaunchFails_fails_when_it_launches_and_ends_the_machine()
    {
        QemuAssertionException error = await FailsAsync(() => QemuAssert.LaunchFailsAsync(_vm, "nonsense", _token));

        Assert.Equal("it launched", error.Actual);
        Assert.Contains("running, process", error.Message, StringComparison.Ordinal);
        Assert.False(_vm.IsRunning);
    }

    [Fact]
    public async Task LaunchFails_fails_when_the_words_are_others()
    {
        QemuAssertionException error = await FailsAsync(() => QemuAssert.LaunchFailsAsync(_bad, "other words", _token));

        Assert.Contains("\"other words\"", error.Expected, StringComparison.Ordinal);
        Assert.Contains("'nonsense' is not a valid device model name", error.Message, StringComparison.Ordinal);
        Assert.Contains("-device nonsense", error.Message, StringComparison.Ordinal);
        Assert.IsType<QemuLaunchException>(error.InnerException);
    }

    [Fact]
    public async Task Launches_passes_and_fails()
    {
        await QemuAssert.LaunchesAsync(_vm, _token);
        Assert.True(_vm.IsRunning);

        QemuAssertionException error = await FailsAsync(() => QemuAssert.LaunchesAsync(_bad, _token));
        Assert.Contains("exited with code 1", error.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsoleShows_returns_the_match()
    {
        await _vm.LaunchAsync(_token);

        ConsoleMatch match = await QemuAssert.ConsoleShowsAsync(_vm, new Regex("TESTROM (?<word>[A-Z]+)\n"), cancellationToken: _token);

        Assert.Equal("READY", match.Regex!.Groups["word"].Value);
    }

    [Fact]
    public async Task ConsoleShows_fails_with_what_came_instead()
    {
        await _vm.StartAsync(_token);

        QemuAssertionException error = await FailsAsync(() => QemuAssert.ConsoleShowsAsync(_vm, "what never comes", s_soon, _token));

        Assert.Contains("\"what never comes\"", error.Expected, StringComparison.Ordinal);
        Assert.Contains("  TESTROM READY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsoleShows_fails_when_qemu_ends()
    {
        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("exit 2", _token);

        QemuAssertionException error = await FailsAsync(() => QemuAssert.ConsoleShowsAsync(_vm, "what never comes", cancellationToken: _token));

        Assert.Contains("exited with code 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_passes_and_fails()
    {
        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("reset", _token);

        QmpEvent reset = await QemuAssert.EventAsync(_vm, "RESET", new { guest = true }, cancellationToken: _token);
        Assert.Equal("RESET", reset.Name);

        QemuAssertionException error = await FailsAsync(() => QemuAssert.EventAsync(_vm, "POWERDOWN", s_soon, _token));
        Assert.Equal("the event POWERDOWN", error.Expected);
    }

    [Fact]
    public async Task ConsoleNeverShows_passes_when_it_does_not_and_when_qemu_ends_well()
    {
        await _vm.StartAsync(_token);
        await QemuAssert.ConsoleNeverShowsAsync(_vm, "what never comes", s_soon, _token);

        Task watch = QemuAssert.ConsoleNeverShowsAsync(_vm, "what never comes", TimeSpan.FromMinutes(5), _token);
        await _vm.Console.SendLineAsync("poweroff", _token);
        await watch;
        Assert.False(_vm.IsRunning);
    }

    [Fact]
    public async Task ConsoleNeverShows_fails_when_qemu_crashes()
    {
        await _vm.StartAsync(_token);
        Task watch = QemuAssert.ConsoleNeverShowsAsync(_vm, "what never comes", TimeSpan.FromMinutes(5), _token);

        using (System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(_vm.ProcessId!.Value))
            process.Kill();

        QemuAssertionException error = await FailsAsync(() => watch);
        Assert.Contains("SIGKILL", error.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoEvent_passes_when_none_matches()
    {
        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("reset", _token);
        await _vm.Console.WaitForAsync(TestRom.Ready, cancellationToken: _token);

        await QemuAssert.NoEventAsync(_vm, new QmpEventPattern("RESET", new { guest = false }), s_soon, _token);
        await FailsAsync(() => QemuAssert.NoEventAsync(_vm, "RESET", s_soon, _token));
    }

    [Fact]
    public void Succeeded_returns_the_result()
    {
        var result = new ShellResult("true", 0, ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
        Assert.Same(result, QemuAssert.Succeeded(result));
        Assert.Throws<QemuAssertionException>(() => QemuAssert.Succeeded(result with { ExitCode = 1 }));
    }

    [Fact]
    public async Task ShutsDown_passes_and_fails()
    {
        await _vm.StartAsync(_token);
        QemuAssertionException error = await FailsAsync(() => QemuAssert.ShutsDownAsync(_vm, s_soon, _token));
        Assert.Contains("ended: it did not end in time", error.Message, StringComparison.Ordinal);

        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("poweroff", _token);
        MachineEnd end = await QemuAssert.ShutsDownAsync(_vm, cancellationToken: _token);
        Assert.Equal(MachineEndCause.GuestShutdown, end.Cause);
    }

    [Fact]
    public async Task QmpFails_passes_and_fails()
    {
        await _vm.LaunchAsync(_token);

        QmpCommandException refusal = await QemuAssert.QmpFailsAsync(_vm, "device_add", new { driver = "nonsense" }, "not a valid device model", _token);
        Assert.Equal("GenericError", refusal.ErrorClass);
        await QemuAssert.QmpFailsAsync(_vm, "no-such-command", "CommandNotFound", _token);

        QemuAssertionException executed = await FailsAsync(() => QemuAssert.QmpFailsAsync(_vm, "query-status", "nonsense", _token));
        Assert.Contains("it was executed and returned {", executed.Actual, StringComparison.Ordinal);
        QemuAssertionException otherwise = await FailsAsync(() => QemuAssert.QmpFailsAsync(_vm, "no-such-command", "nonsense", _token));
        Assert.Contains("has not been found", otherwise.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_stays_a_cancellation()
    {
        await _vm.StartAsync(_token);
        using var cancel = new CancellationTokenSource();
        Task wait = QemuAssert.ConsoleShowsAsync(_vm, "what never comes", cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Machine_without_what_the_assertion_needs_is_an_error_and_no_failed_assertion()
    {
        await using QemuMachine silent = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("none").Build();

        await Assert.ThrowsAsync<QemuConfigurationException>(() => QemuAssert.ConsoleShowsAsync(silent, "x", cancellationToken: _token));
    }

    private static Task<QemuAssertionException> FailsAsync(Func<Task> assertion) => Assert.ThrowsAsync<QemuAssertionException>(assertion);
}
