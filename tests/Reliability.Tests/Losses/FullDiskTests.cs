using System.Globalization;
using System.Text;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>A full disk, or one that may not be written to, costs evidence at most: never a machine, and never in silence.</summary>
public sealed class FullDiskTests
{
    /// <summary>More than the disk holds.</summary>
    private const int Flood = 400_000;

    [Fact]
    public async Task Full_disk_leaves_the_machine_alone_and_the_newest_text_readable()
    {
        using var disk = new SmallDisk();
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Rom(disk.Path).WithLogger(logger).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        await machine.Console.WaitForAsync(TestRom.Ready);
        await machine.Console.SendLineAsync($"flood {Flood}");

        ConsoleMatch done = await machine.Console.WaitForAsync(TestRom.FloodDone + "\n", TimeSpan.FromMinutes(1));

        Assert.True(machine.IsRunning);
        Assert.Single(logger.Messages, static message => message.Contains("transcript stops at", StringComparison.Ordinal));
        byte[] newest = machine.Console.GetBytes(new ConsoleMark(done.End.Offset - 200_000), done.End);
        Assert.Equal(200_000, newest.Length);
        byte[] expected = [.. TestRom.Flood(Flood), .. Encoding.ASCII.GetBytes("\r\n" + TestRom.FloodDone + "\r\n")];
        Assert.True(newest.AsSpan().SequenceEqual(expected.AsSpan()[^newest.Length..]));
        await machine.Console.SendLineAsync("still there");
        await machine.Console.WaitForAsync("echo: still there");
        await machine.ShutdownAsync();
        Assert.Equal(0, machine.ExitCode);
    }

    [Fact]
    public async Task Full_disk_under_the_console_log_of_the_user_leaves_the_machine_alone()
    {
        using var disk = new SmallDisk();
        var logger = new RecordingLogger();
        await using QemuMachine machine = Machines.Rom().WithConsoleLog(Path.Combine(disk.Path, "console.log")).WithLogger(logger).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
        await machine.Console.WaitForAsync(TestRom.Ready);
        await machine.Console.SendLineAsync($"flood {Flood}");

        ConsoleMatch done = await machine.Console.WaitForAsync(TestRom.FloodDone + "\n", TimeSpan.FromMinutes(1));

        Assert.Single(logger.Messages, static message => message.Contains("console.log is cut off here", StringComparison.Ordinal));
        Assert.True(machine.Console.GetBytes(to: done.End, maximumBytes: 2 * Flood).Length > Flood);
    }

    [Fact]
    public async Task Full_disk_under_the_log_of_qemu_does_not_hide_why_a_launch_failed()
    {
        using var disk = new SmallDisk();
        await using QemuMachine machine = Machines.Fake("stderr-flood", disk.Path).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(TestContext.Current.CancellationToken));

        Assert.Equal(4, error.ExitCode);
        Assert.NotEmpty(error.Output);
        Assert.Empty(disk.Entries);
    }

    [Fact]
    public async Task Template_whose_memory_does_not_fit_on_its_disk_is_a_boot_instead_that_says_so()
    {
        using var disk = new SmallDisk();
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path)
            .WithSettings(new QemuSettings { CacheDirectory = root["cache"] })
            .WithTemplate(new TemplateOptions { MemoryDirectory = disk.Path })
            .ReadyWhen(Readiness.When("a megabyte is written to", WriteMegabyteAsync))
            .Build();

        await machine.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(MachineStartKind.FallbackBoot, machine.LatestStart!.Kind);
        Assert.Contains($"does not fit into {disk.Path}", machine.LatestStart.Reason, StringComparison.Ordinal);
        Assert.Empty(disk.Entries);
    }

    [Fact]
    public async Task Disk_that_cannot_be_written_to_is_a_launch_failure_that_says_so()
    {
        using var disk = new SmallDisk("size=256k,ro");
        await AssertUnwritableAsync(Machines.Rom(disk.Path), disk.Path);
        using var root = new TestDirectory();
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithLogDirectory(disk.Path), disk.Path);
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithConsoleLog(Path.Combine(disk.Path, "console.log")), disk.Path);
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithSocketDirectory(disk.Path), "");
        Assert.Empty(root.Entries);
    }

    [Fact]
    public async Task File_where_a_directory_should_be_is_a_launch_failure_that_says_so()
    {
        using var root = new TestDirectory();
        using var other = new TestDirectory();
        string file = other["file"];
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await AssertUnwritableAsync(Machines.Rom(file), file);
        await AssertUnwritableAsync(Machines.Rom(Path.Combine(file, "below")), file);
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithLogDirectory(file), file);
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithConsoleLog(Path.Combine(file, "console.log")), file);
        await AssertUnwritableAsync(Machines.Rom(root.Path).WithSocketDirectory(Path.Combine(file, "sockets")), "");
        Assert.Empty(root.Entries);
    }

    private static async Task WriteMegabyteAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await machine.Console.WaitForAsync(TestRom.Ready, cancellationToken: cancellationToken);
        for (int page = 0; page < 256; page++)
        {
            await machine.Console.SendLineAsync(string.Create(CultureInfo.InvariantCulture, $"poke {0x200000 + (page * 4096):x} 5a"), cancellationToken);
            await machine.Console.WaitForAsync("ok\n", cancellationToken: cancellationToken);
        }
    }

    private static async Task AssertUnwritableAsync(QemuMachineBuilder builder, string named)
    {
        await using QemuMachine machine = builder.Build();
        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.False(machine.IsRunning);
    }
}
