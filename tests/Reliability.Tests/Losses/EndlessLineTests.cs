using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>A guest that never ends its line: it is searched and shown like any other, in memory that does not grow with it.</summary>
public sealed class EndlessLineTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task Console_without_a_line_end_is_searched_and_shown_in_bounded_memory()
    {
        long length = Soak.Count(sample: 64, full: 1024) * Megabyte;
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Fake($"console-line:{length}", root.Path).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        ConsoleMatch match = await machine.Console.WaitForAsync("flood over\n", TimeSpan.FromMinutes(5));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * Megabyte);
        Assert.Equal(length + "\r\nflood over\r\n".Length, machine.Console.Mark.Offset);
        Assert.InRange(match.End.Offset, length, machine.Console.Mark.Offset);
        Assert.Equal(1000, machine.Console.GetBytes(new ConsoleMark(length - 1000), new ConsoleMark(length)).Count(static value => value == (byte)'x'));
        Assert.InRange(machine.Console.GetText().Length, 1, Megabyte);
        QemuTimeoutException timeout = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.Console.WaitForAsync("never", TimeSpan.FromMilliseconds(1)));
        Assert.InRange(timeout.Message.Length, 1, 64 * 1024);
    }
}
