using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Rows "name", "base_temp_dir, temp_dir", "sock_dir", "log_dir".</summary>
public sealed class DirectoryTests
{
    [Fact]
    public async Task Name_is_the_prefix_of_sockets_and_log_and_unique_by_default()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithName("tick").WithSocketDirectory(root.Path).WithLogDirectory(root.Path).WithConsole().Build();
        await using QemuMachine other = Machines.Empty().Build();
        await using QemuMachine third = Machines.Empty().Build();

        await machine.LaunchAsync();

        Assert.Equal([root.File("tick.log")], root.Content);
        Assert.Contains("path=" + root.File("tick-qmp.sock"), machine.CommandLine, StringComparison.Ordinal);
        Assert.Contains("path=" + root.File("tick-console0.sock"), machine.CommandLine, StringComparison.Ordinal);
        Assert.NotEqual(other.Name, third.Name);
        Assert.Contains($"{Environment.ProcessId}", other.Name, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Machines.Empty().WithName("a/b"));
    }

    [Fact]
    public async Task Temp_directory_is_private_and_gone_at_the_end()
    {
        using var root = new TempRoot();
        await using QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).Build();

        await machine.LaunchAsync();
        string directory = machine.TempDirectory;

        Assert.Equal(root.Path, Path.GetDirectoryName(directory));
        Assert.StartsWith("qemu-machine-", Path.GetFileName(directory), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        await machine.ShutdownAsync();
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Machine_that_is_built_but_never_launched_leaves_nothing()
    {
        using var root = new TempRoot();
        using var sockets = new TempRoot();
        var forgotten = Machines.Empty().WithTempRoot(root.Path).WithSocketDirectory(sockets.Path).WithConsole().Build();
        await using (QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).WithSocketDirectory(sockets.Path).WithConsole().Build())
        {
            Assert.Empty(root.Content);
            await machine.ShutdownAsync();
            await machine.KillAsync();
        }

        await using (QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).Build())
            Assert.True(Directory.Exists(machine.TempDirectory));

        Assert.Empty(root.Content);
        Assert.Empty(sockets.Content);
        GC.KeepAlive(forgotten);
    }

    [Fact]
    public async Task Temp_directory_is_not_made_anew_by_asking_a_disposed_machine()
    {
        using var root = new TempRoot();
        QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).Build();
        await machine.LaunchAsync();
        await machine.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => machine.TempDirectory);
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Temp_root_may_be_long()
    {
        using var root = new TempRoot(length: 150);
        await using QemuMachine machine = Machines.Rom().WithTempRoot(root.Path).Build();

        await machine.StartAsync();

        Assert.True(machine.TempDirectory.Length > 150);
        await machine.ShutdownAsync();
        Assert.Empty(root.Content);
    }

    [Fact]
    public async Task Temp_root_that_is_missing_fails_the_launch_and_is_named()
    {
        await using QemuMachine machine = Machines.Empty().WithTempRoot("/nonexistent/root").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("'/nonexistent/root', does not exist", error.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => machine.TempDirectory);
    }

    [Fact]
    public async Task Temp_directory_that_somebody_removed_is_no_problem()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        await machine.Qmp.ExecuteAsync("query-status"); // behind it QEMU makes no more files in there
        Directory.Delete(machine.TempDirectory, recursive: true);

        await machine.ShutdownAsync();
        await machine.LaunchAsync();

        Assert.True(Directory.Exists(machine.TempDirectory));
    }

    [Fact]
    public async Task Socket_directory_has_the_sockets_until_qemu_dialled()
    {
        using var root = new TempRoot();
        using var sockets = new TempRoot();
        string looks = root.WriteScript("looks", $"ls -l {sockets.Path} > {root.File("seen")}; exec \"$@\"");
        await using QemuMachine machine = Machines.Rom().WithName("tick").WithWrapper(looks).WithSocketDirectory(sockets.Path).Build();

        await machine.StartAsync();

        string seen = await File.ReadAllTextAsync(root.File("seen"));
        Assert.Matches("(?m)^srw------- .* tick-console0.sock$", seen);
        Assert.Matches("(?m)^srw------- .* tick-qmp.sock$", seen);
        Assert.Empty(sockets.Content);
    }

    [Fact]
    public async Task Socket_directory_is_empty_again_when_qemu_never_dialled()
    {
        using var sockets = new TempRoot();
        await using QemuMachine machine = new QemuMachineBuilder("/bin/false").WithSocketDirectory(sockets.Path).WithConsole().Build();

        await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Empty(sockets.Content);
    }

    [Fact]
    public async Task Socket_directory_that_is_too_long_is_named_with_what_to_do()
    {
        using var root = new TempRoot(length: 150);
        await using QemuMachine machine = Machines.Empty().WithSocketDirectory(root.Path).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.IsType<QemuConfigurationException>(error.InnerException);
        Assert.Contains("107 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("WithSocketDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_directory_keeps_the_log()
    {
        using var root = new TempRoot();
        string logs = root.File("logs");
        await using (QemuMachine machine = Machines.Empty().WithName("kept").WithLogDirectory(logs).WithTempRoot(root.Path).WithArguments("-S", "-d", "help").Build())
            await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Equal([Path.Combine(logs, "kept.log")], Directory.EnumerateFileSystemEntries(logs));
        Assert.Contains("in_asm", await File.ReadAllTextAsync(Path.Combine(logs, "kept.log")), StringComparison.Ordinal);
    }
}
