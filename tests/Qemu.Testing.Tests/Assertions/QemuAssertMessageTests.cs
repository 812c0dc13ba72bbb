using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Assertions;

/// <summary>What a failed assertion says, word for word.</summary>
public sealed class QemuAssertMessageTests : IAsyncDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(200);

    private readonly QemuMachine _vm = TestRun.Rom().WithName("vm").Build();
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _vm.DisposeAsync();

    [Fact]
    public async Task Launches()
    {
        await using QemuMachine bad = TestRun.Rom().WithName("bad").WithDevice("virtio-rgn-pci").Build();
        await VerifyAsync(nameof(Launches), () => QemuAssert.LaunchesAsync(bad, _token));
    }

    [Fact]
    public async Task LaunchFails()
    {
        // Held before its first instruction: the console cannot have said anything yet.
        await using QemuMachine good = TestRun.Rom().WithName("vm").WithArguments("-S").Build();
        await VerifyAsync(nameof(LaunchFails), () => QemuAssert.LaunchFailsAsync(good, "no such thing", _token));
    }

    [Fact]
    public async Task LaunchFails_otherwise()
    {
        await using QemuMachine bad = TestRun.Rom().WithName("bad").WithDevice("e1001").Build();
        await VerifyAsync(nameof(LaunchFails_otherwise), () => QemuAssert.LaunchFailsAsync(bad, "unsupported machine type", _token));
    }

    [Fact]
    public async Task ConsoleShows()
    {
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(ConsoleShows), () => QemuAssert.ConsoleShowsAsync(_vm, "login:", s_soon, _token));
    }

    [Fact]
    public async Task ConsoleNeverShows()
    {
        await _vm.StartAsync(_token);
        await _vm.Console.SendLineAsync("say forbidden", _token);
        await VerifyAsync(nameof(ConsoleNeverShows), () => QemuAssert.ConsoleNeverShowsAsync(_vm, "forbidden", TimeSpan.FromSeconds(30), _token));
    }

    [Fact]
    public async Task Event()
    {
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(Event), () => QemuAssert.EventAsync(_vm, "POWERDOWN", s_soon, _token));
    }

    [Fact]
    public async Task NoEvent()
    {
        await _vm.StartAsync(_token);
        await _vm.Qmp.ExecuteAsync("stop", _token);
        await VerifyAsync(nameof(NoEvent), () => QemuAssert.NoEventAsync(_vm, "STOP", TimeSpan.FromSeconds(30), _token));
    }

    [Fact]
    public async Task QmpFails()
    {
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(QmpFails), () => QemuAssert.QmpFailsAsync(_vm, "no-such-command", "GenericError", _token));
    }

    [Fact]
    public async Task IsRunning()
    {
        await VerifyAsync(nameof(IsRunning), () =>
        {
            QemuAssert.IsRunning(_vm);
            return Task.CompletedTask;
        });
        await _vm.StartAsync(_token);
        QemuAssert.IsRunning(_vm);
        await _vm.Console.SendLineAsync("exit 3", _token);
        await _vm.WaitForShutdownAsync(cancellationToken: _token);
        await VerifyAsync("IsRunning_ended", () =>
        {
            QemuAssert.IsRunning(_vm);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Succeeded()
    {
        var result = new ShellResult("ls /nowhere", 2, ReadOnlyMemory<byte>.Empty, "ls: /nowhere: No such file or directory\n"u8.ToArray());
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(Succeeded), () => Task.FromResult(QemuAssert.Succeeded(result, _vm)));
    }

    [Fact]
    public async Task ShutsDown()
    {
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(ShutsDown), () => QemuAssert.ShutsDownAsync(_vm, s_soon, _token));
    }

    [Fact]
    public async Task Panics()
    {
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(Panics), () => QemuAssert.PanicsAsync(_vm, "kernel BUG at mm/slub.c", s_soon, _token));
    }

    [Fact]
    public async Task Panics_otherwise()
    {
        // pvpanic alone: no word on the console, of which more or less might have come.
        _vm.AddArguments("-action", "panic=none");
        await _vm.StartAsync(_token);
        await VerifyAsync(nameof(Panics_otherwise), () => QemuAssert.PanicsAsync(_vm, "kernel BUG at mm/slub.c", token => _vm.Console.SendLineAsync("panic", token), cancellationToken: _token));
    }

    private static async Task VerifyAsync(string name, Func<Task> assertion) =>
        Approval.Verify("QemuAssert." + name, (await Assert.ThrowsAsync<QemuAssertionException>(assertion)).Message);
}
