using System.Text.RegularExpressions;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Console;

public sealed class ConsoleWaitTests : IAsyncLifetime
{
    private readonly QemuMachine _machine = Machines.Rom().WithoutPanicWatch().Build();

    public async ValueTask InitializeAsync() => await _machine.StartAsync();

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [InlineData("all is well", 0, "well")]
    [InlineData("FAILED: no disk", 1, "FAILED: no")]
    public async Task First_of_several_patterns_counts(string said, int index, string text)
    {
        await _machine.Console.SendLineAsync("say " + said);

        ConsoleMatch match = await _machine.Console.WaitForAnyAsync(["well", new Regex(@"FAILED: (\w+) ")]);

        Assert.Equal(index, match.PatternIndex);
        Assert.StartsWith(text, match.Text, StringComparison.Ordinal);
        Assert.Equal(index == 1 ? "no" : null, match.Regex?.Groups[1].Value);
    }

    [Fact(Timeout = 120_000)]
    public async Task Groups_are_there_when_the_expression_looks_at_the_text_around_it()
    {
        await _machine.Console.SendLineAsync("say address is 10.0.2.15, mask is 24");

        ConsoleMatch match = await _machine.Console.WaitForAsync(new Regex(@"(?<=address is )(\d+)\.(\d+)\.(\d+)\.(\d+)(?=, mask)"));

        Assert.Equal("10.0.2.15", match.Text);
        Assert.Equal(match.Text, match.Regex!.Value);
        Assert.Equal("15", match.Regex.Groups[4].Value);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("end of line\r\n")]
    [InlineData("\x1b[1mend\x1b[0m of line")]
    public async Task Text_may_be_given_as_the_guest_prints_it(string text)
    {
        await _machine.Console.SendLineAsync("say end of line");

        ConsoleMatch match = await _machine.Console.WaitForAsync(text);

        Assert.StartsWith("end of line", match.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\x1b[0m")]
    public void Text_of_which_nothing_can_ever_be_found_is_refused(string text) =>
        Assert.Throws<ArgumentException>(nameof(text), () => new ConsolePattern(text));

    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_found_twice_unless_it_is_looked_for_from_a_mark()
    {
        ConsoleMark start = _machine.Console.Mark;
        await _machine.Console.SendLineAsync("say one");
        await _machine.Console.WaitForAsync("one\n");

        await Assert.ThrowsAsync<QemuTimeoutException>(() => _machine.Console.WaitForAsync("one", TimeSpan.FromMilliseconds(200)));
        ConsoleMatch again = await _machine.Console.WaitForAsync("one", from: start);
        await Assert.ThrowsAsync<QemuTimeoutException>(() => _machine.Console.WaitForAsync("one", TimeSpan.FromMilliseconds(200), from: again.End));
    }

    [Fact(Timeout = 120_000)]
    public async Task Interrupt_is_the_control_character()
    {
        await _machine.Console.InterruptAsync();
        await _machine.Console.SendLineAsync("");
        await _machine.Console.WaitForAsync("echo: ");

        await Eventually.IsTrueAsync(() => _machine.Console.GetBytes().AsSpan().IndexOf("echo: \u0003"u8) >= 0, "the guest to echo Ctrl-C");
    }

    [Fact(Timeout = 120_000)]
    public async Task Typing_to_a_console_that_the_machines_end_closes_throws_the_end()
    {
        using var closed = new ClosedStream();
        Task draining = _machine.Console.DrainAsync(closed, copy: null);
        Task typing = _machine.Console.SendLineAsync("late");

        await _machine.KillAsync();

        await Assert.ThrowsAsync<QemuExitedException>(() => typing);
        closed.Dispose();
        await draining;
    }

    [Fact(Timeout = 120_000)]
    public async Task Panic_that_nobody_watches_for_is_text()
    {
        await _machine.Console.SendLineAsync("kernel-panic");
        await _machine.Console.WaitForAsync("Kernel panic - not syncing: test");
        await _machine.Console.SendLineAsync("say goes on");
        await _machine.Console.WaitForAsync("goes on");
        await _machine.ShutdownAsync();

        Assert.Null(_machine.Panic);
    }
}
