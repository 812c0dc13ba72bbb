using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Directories may have any name that the file system takes: none is an option, a command or two words to anybody.</summary>
public sealed class PathTests
{
    public static TheoryData<string> Names { get; } =
    [
        "two words",
        "'single' and \"double\"",
        "comma,equals=semi;colon:",
        "$(touch owned) `touch owned` $HOME",
        @"back\slash",
        "new\nline",
        "é€😀",
        "-chardev",
        new string('l', 200),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Machine_runs_under_a_directory_of_any_name(string name)
    {
        using var test = new TestDirectory();
        string root = Directory.CreateDirectory(test[name]).FullName;
        string log = Path.Combine(root, "console.log");
        await using (QemuMachine machine = Machines.Rom(root).WithName(name[..1]).WithLogDirectory(root).WithConsoleLog(log).Build())
        {
            await machine.LaunchAsync(TestContext.Current.CancellationToken);
            await machine.Console.WaitForAsync(TestRom.Ready + "\n");
            await machine.Qmp.ExecuteAsync("query-status");
            await OpenedAsync(machine, Path.Combine(machine.TempDirectory, "cpu-resets.log"));
            await machine.ShutdownAsync();
            Assert.Equal(0, machine.ExitCode);
        }

        Assert.Equal(TestRom.Ready + "\r\n", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFileSystemEntries(root).Length);
        Assert.Single(test.Entries);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sockets_have_a_directory_of_any_name_that_a_socket_can_have(string name)
    {
        using var test = new TestDirectory();
        string root = Directory.CreateDirectory(test[name]).FullName;
        await using QemuMachine machine = Machines.Rom(test.Path).WithSocketDirectory(root).Build();
        if (name.Length > 100)
        {
            QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());
            Assert.Contains(".WithSocketDirectory", error.Message, StringComparison.Ordinal);
            return;
        }

        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        await machine.Console.WaitForAsync(TestRom.Ready);
        await machine.ShutdownAsync();
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    /// <summary>QEMU is told of this file through its monitor, after the launch.</summary>
    private static async Task OpenedAsync(QemuMachine machine, string file)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!Directory.GetFiles($"/proc/{machine.ProcessId}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == file))
            await Task.Delay(20, guard.Token);
    }
}
