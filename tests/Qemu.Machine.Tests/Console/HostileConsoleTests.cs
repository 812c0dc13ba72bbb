using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Console;

/// <summary>A guest prints what it likes: waits and the panic watch take it as it comes.</summary>
public sealed class HostileConsoleTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("nul", "61 00 00 62", "ab")]
    [InlineData("invalid UTF-8", "61 ff c3 28 e2 82 62", "a\ufffd\ufffd(\ufffdb")]
    [InlineData("overlong UTF-8", "61 c0 af 62", "a\ufffd\ufffdb")]
    [InlineData("half a character, then the rest", "61 e2 82 ac 62", "a€b")]
    [InlineData("C1 control", "61 c2 9b 33 62", "a3b")]
    [InlineData("colour", "61 1b 5b 31 3b 33 31 6d 62", "ab")]
    [InlineData("title that is not ended", "61 1b 5d 30 3b 78 0a 62", "a\nb")]
    [InlineData("escape at the end of a colour", "61 1b 5b 1b 5b 6d 62", "ab")]
    [InlineData("backspaces and bells", "61 08 08 07 62", "ab")]
    public async Task Text_is_found_in_spite_of(string what, string bytes, string text)
    {
        await using QemuMachine machine = await StartAsync();
        byte[] raw = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));

        await machine.Console.SendLineAsync("raw " + Convert.ToHexString(raw));
        ConsoleMatch match = await machine.Console.WaitForAsync(text);

        Assert.Equal(text, match.Text);
        Assert.True(machine.Console.GetBytes().AsSpan().EndsWith(raw), $"{what} is in the transcript as it came");
        await SaysAsync(machine, "well");
    }

    [Fact(Timeout = 120_000)]
    public async Task Line_without_end_and_a_flood_of_escapes_pass()
    {
        await using QemuMachine machine = await StartAsync();
        string escapes = string.Concat(Enumerable.Repeat("1B5B313B33316D1B5D303B7407", 400));
        for (int i = 0; i < 20; i++)
        {
            await machine.Console.SendLineAsync("raw " + string.Concat(Enumerable.Repeat("78", 10_000)));
            await machine.Console.SendLineAsync("raw " + escapes);
        }

        await SaysAsync(machine, "well");
        Assert.Contains(new string('x', 10_000), machine.Console.GetText(), StringComparison.Ordinal);
        Assert.Null(machine.Panic);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panic_is_seen_in_pieces_with_escapes_and_nuls_before_it()
    {
        await using QemuMachine machine = await StartAsync();
        Task<ConsoleMatch> waiting = machine.Console.WaitForAsync("never");
        await machine.Console.SendLineAsync("raw 0D0A001B5B306D" + Convert.ToHexString("Kernel pan"u8));
        await machine.Console.SendLineAsync("raw " + Convert.ToHexString("ic - not synci"u8));
        await machine.Console.SendLineAsync("raw " + Convert.ToHexString("ng: in pieces\r\n"u8));

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => waiting);

        Assert.Equal("Kernel panic - not syncing: in pieces", error.Panic.Title);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("what is typed: echo Kernel panic - not syncing: x")]
    [InlineData("grep 'kernel BUG at fs/ext4/inode.c:123!' log")]
    [InlineData("Is there a BUG: unable to? (initramfs) grub> [#]")]
    public async Task Text_about_a_panic_is_none(string text)
    {
        await using QemuMachine machine = await StartAsync();

        await machine.Console.SendLineAsync("say " + text);
        await SaysAsync(machine, "well");
        await machine.Console.SendLineAsync(text); // the guest echoes what it does not know
        await SaysAsync(machine, "still well");
        await machine.ShutdownAsync();

        Assert.Null(machine.Panic);
    }

    [Fact(Timeout = 120_000)]
    public async Task Panic_during_the_shutdown_is_not_lost()
    {
        await using QemuMachine machine = await StartAsync();

        await machine.Console.SendBytesAsync(Encoding.ASCII.GetBytes("kernel-panic\npoweroff\n"));
        await machine.WaitForShutdownAsync();

        Assert.Equal("Kernel panic - not syncing: test", machine.Panic?.Title);
    }

    [Fact(Timeout = 120_000)]
    public async Task Guest_that_reboots_in_a_loop_hangs_nothing()
    {
        await using QemuMachine machine = new QemuMachineBuilder(Machines.Binary).WithMachine("pc").WithAccelerator("tcg").WithMemory("16M")
            .WithConsole().WithArguments("-boot", "reboot-timeout=1").Build();
        await machine.LaunchAsync();
        for (int i = 0; i < 3; i++)
            await machine.Events.WaitAsync("RESET", Machines.HangGuard);

        await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.Console.WaitForAsync("never", TimeSpan.FromSeconds(1)));
        await machine.ShutdownAsync();

        Assert.Null(machine.Panic);
    }

    private static async Task SaysAsync(QemuMachine machine, string text)
    {
        await machine.Console.SendLineAsync("say " + text);
        await machine.Console.WaitForAsync(text + "\n");
    }

    private static async Task<QemuMachine> StartAsync()
    {
        QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();
        return machine;
    }
}
