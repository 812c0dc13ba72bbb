using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Console;

/// <summary>Rows "set_console", "drain_console, console_log", "console_socket".</summary>
public sealed class ConsoleRowTests
{
    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    [InlineData("microvm")]
    public async Task First_byte_of_the_console_is_never_lost(string machineType)
    {
        // The faulty behaviour, a server socket that the host dials after the start, loses it often.
        for (int i = 0; i < 5; i++)
        {
            await using QemuMachine machine = Machines.Rom(machineType).Build();
            await machine.StartAsync();
            Assert.StartsWith(TestRom.Ready, Encoding.ASCII.GetString(machine.Console.GetBytes()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Last_byte_before_the_exit_is_never_lost()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await machine.StartAsync();

        await machine.Console.SendLineAsync("flood 300000 exit 0");
        await machine.WaitForShutdownAsync(Machines.HangGuard);

        byte[] expected = [.. Encoding.ASCII.GetBytes(TestRom.Ready + "\r\n"), .. TestRom.Flood(300_000), .. Encoding.ASCII.GetBytes($"\r\n{TestRom.FloodDone}\r\n")];
        Assert.Equal(expected, machine.Console.GetBytes());
    }

    [Theory]
    [InlineData("quit")]
    [InlineData("SIGTERM")]
    public async Task Console_that_nobody_reads_does_not_wedge_qemu(string end)
    {
        // isa-debugcon blocks QEMU's main loop while its chardev takes nothing: quit and SIGTERM then do nothing.
        var builder = Machines.RomWithoutConsole().WithConsole("isa-debugcon").WithConsole();
        await using QemuMachine machine = (end == "quit" ? builder : builder.WithoutQmp()).Build();
        await machine.LaunchAsync();
        await machine.Consoles[1].WaitForAsync(TestRom.Ready, Machines.HangGuard);

        await machine.Consoles[1].SendLineAsync("on e9 flood 100000000");
        await Eventually.IsTrueAsync(() => machine.Consoles[0].Mark.Offset > 300_000, "the flood to flow");
        await machine.ShutdownAsync(Machines.HangGuard);

        Assert.Equal(MachineEndCause.Shutdown, machine.End!.Cause);
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Console_may_be_a_device_isa_serial(string version)
    {
        await using QemuMachine machine = Machines.RomWithoutConsole("pc", QemuVersions.Binary(version)).WithConsole("isa-serial").Build();

        await machine.StartAsync();
        await machine.Console.SendLineAsync("hello");

        await machine.Console.WaitForAsync("echo: hello\n");
        Assert.Contains("-device isa-serial,chardev=console0", machine.CommandLine, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Console_may_be_a_device_virtconsole(string version)
    {
        await using QemuMachine machine = Machines.RomWithoutConsole("q35", QemuVersions.Binary(version)).WithConsole("virtconsole").WithConsole().Build();

        await machine.LaunchAsync();

        Assert.Contains("-device virtio-serial-pci -device virtconsole,chardev=console0", machine.CommandLine, StringComparison.Ordinal);
        string tree = (await machine.Qmp.ExecuteAsync("human-monitor-command", new { command_line = "info qtree" })).GetString()!;
        Assert.Contains("dev: virtconsole", tree, StringComparison.Ordinal);
        Assert.Contains("chardev = \"console0\"", tree, StringComparison.Ordinal);
        await machine.Consoles[1].WaitForAsync(TestRom.Ready);
    }

    [Theory]
    [InlineData("pc")]
    [InlineData("q35")]
    public async Task Console_on_index_one_is_the_second_port_and_the_first_goes_nowhere(string machineType)
    {
        await using QemuMachine machine = Machines.RomWithoutConsole(machineType).WithConsole(index: 1).Build();

        await machine.StartAsync();
        await machine.Console.SendLineAsync("hello");

        await machine.Console.WaitForAsync("echo: hello\n");
        Assert.Contains("-serial null -serial chardev:console0", machine.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consoles_on_two_ports_are_two()
    {
        await using QemuMachine machine = Machines.Rom().WithConsole(index: 1).Build();
        await machine.StartAsync();

        await machine.Console.SendLineAsync("com2 to the other");

        await machine.Consoles[1].WaitForAsync("to the other");
        Assert.DoesNotContain("to the other", machine.Console.GetText(), StringComparison.Ordinal);
        Assert.DoesNotContain("-serial null", machine.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Console_log_is_a_file_of_the_users_that_stays_and_grows_over_launches()
    {
        using var root = new TempRoot();
        byte[] raw = [0x00, 0x1B, 0x5B, 0xFF];
        await using (QemuMachine machine = Machines.RomWithoutConsole().WithConsoleLog(root.File("console.log")).Build())
        {
            for (int launch = 0; launch < 2; launch++)
            {
                await machine.StartAsync();
                await machine.Console.SendLineAsync("raw 001b5bff");
                await machine.Console.SendLineAsync("poweroff");
                await machine.WaitForShutdownAsync(Machines.HangGuard);
            }
        }

        byte[] once = [.. Encoding.ASCII.GetBytes(TestRom.Ready + "\r\n"), .. raw];
        byte[] twice = [.. once, .. once];
        Assert.Equal(twice, await File.ReadAllBytesAsync(root.File("console.log")));
    }

    [Fact]
    public async Task Console_log_that_cannot_be_opened_fails_the_launch_and_is_named()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.RomWithoutConsole().WithTempRoot(root.Path).WithConsoleLog("/nonexistent/console.log").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("/nonexistent/console.log", error.Message, StringComparison.Ordinal);
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Console_gives_its_raw_bytes_as_a_stream_that_ends_with_the_machine()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        await using Stream before = machine.Console.OpenStream(); // opened and read before there is a machine
        Task<byte[]> whole = ReadToEndAsync(before);
        await machine.StartAsync();
        await machine.Console.WaitForAsync(TestRom.Ready + "\n", from: ConsoleMark.Start); // with the end of its line, which readiness does not wait for
        await using Stream stream = machine.Console.OpenStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes("raw 00ff1b0d\npoweroff\n"));

        Assert.Equal([0x00, 0xFF, 0x1B, 0x0D], await ReadToEndAsync(stream).WaitAsync(Machines.HangGuard));
        Assert.Equal([.. Encoding.ASCII.GetBytes(TestRom.Ready + "\r\n"), 0x00, 0xFF, 0x1B, 0x0D], await whole.WaitAsync(Machines.HangGuard));
    }

    [Fact]
    public async Task Console_that_is_not_there_is_named()
    {
        await using QemuMachine machine = Machines.Empty().Build();

        QemuConfigurationException error = Assert.Throws<QemuConfigurationException>(() => machine.Console);

        Assert.Contains("WithConsole()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_that_began_before_the_launch_sees_the_console_and_the_end()
    {
        await using QemuMachine machine = Machines.Rom().Build();
        Task<ConsoleMatch> ready = machine.Console.WaitForAsync(TestRom.Ready, Machines.HangGuard);
        Task<ConsoleMatch> never = machine.Console.WaitForAsync("never", Timeout.InfiniteTimeSpan);

        await machine.LaunchAsync();
        await ready;
        await machine.Console.SendLineAsync("exit 4");

        QemuExitedException error = await Assert.ThrowsAsync<QemuExitedException>(() => never).WaitAsync(Machines.HangGuard);
        Assert.Equal(TestRom.ExitCode(4), error.End.ExitCode);
    }

    [Fact]
    public async Task Wait_on_a_machine_that_is_disposed_without_a_launch_ends()
    {
        QemuMachine machine = Machines.Rom().Build();
        Task<ConsoleMatch> never = machine.Console.WaitForAsync("never", Timeout.InfiniteTimeSpan);

        await machine.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => never).WaitAsync(Machines.HangGuard);
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
