using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

public sealed class LifelineWatcherTests
{
    [Fact]
    public async Task One_watcher_serves_all_machines()
    {
        await using QemuMachine first = Machines.Empty().Build();
        await using QemuMachine second = Machines.Empty().Build();
        await first.LaunchAsync();
        int watcher = LifelineWatcher.Shared.ProcessId!.Value;

        await second.LaunchAsync();
        await first.ShutdownAsync();

        Assert.Equal(watcher, LifelineWatcher.Shared.ProcessId);
        Assert.True(ProcessTable.IsAlive(watcher));
    }

    [Fact]
    public async Task Watcher_that_was_killed_is_replaced_by_one_that_knows_all_that_runs()
    {
        using var watcher = new LifelineWatcher();
        ChildProcess first = StartSleeper();
        ChildProcess second = StartSleeper();
        ChildProcess forgotten = StartSleeper();
        Watch(watcher, first);
        ProcessIdentity stranger = Watch(watcher, forgotten);
        int killed = watcher.ProcessId!.Value;
        ProcessTable.Signal(killed, ProcessTable.SigKill);
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(killed), "the watcher to be gone");

        Watch(watcher, second);
        watcher.Forget(stranger);
        Assert.NotEqual(killed, watcher.ProcessId);
        watcher.Dispose(); // the end of the pipe, as when this process dies

        Assert.Equal(9, (await first.Exited).Signal);
        Assert.Equal(9, (await second.Exited).Signal);
        Assert.True(forgotten.IsRunning);
        forgotten.Signal(ProcessTable.SigKill);
        await forgotten.Exited;
    }

    [Fact]
    public async Task Watcher_that_dies_is_replaced_at_once_while_something_is_watched()
    {
        using var watcher = new LifelineWatcher();
        ChildProcess sleeper = StartSleeper();
        Watch(watcher, sleeper);
        int first = watcher.ProcessId!.Value;

        ProcessTable.Signal(first, ProcessTable.SigKill);

        await Eventually.IsTrueAsync(() => watcher.ProcessId != first, "another watcher");
        Assert.True(sleeper.IsRunning);
        watcher.Dispose();
        Assert.Equal(9, (await sleeper.Exited).Signal);
    }

    [Fact]
    public async Task Watcher_heeds_no_polite_signal()
    {
        using var watcher = new LifelineWatcher();
        ChildProcess first = StartSleeper();
        ChildProcess second = StartSleeper();
        Watch(watcher, first);
        int shell = watcher.ProcessId!.Value;
        await Eventually.IsTrueAsync(() => ProcessTable.IgnoresSignal(shell, ProcessTable.SigTerm), "the shell to have read its first line");

        ProcessTable.Signal(shell, ProcessTable.SigTerm);
        Watch(watcher, second);

        Assert.Equal(shell, watcher.ProcessId);
        watcher.Dispose();
        Assert.Equal(9, (await first.Exited).Signal);
        Assert.Equal(9, (await second.Exited).Signal);
    }

    [Fact]
    public async Task Watcher_that_is_stopped_is_replaced_at_once()
    {
        using var watcher = new LifelineWatcher();
        ChildProcess sleeper = StartSleeper();
        Watch(watcher, sleeper);
        int stopped = watcher.ProcessId!.Value;

        ProcessTable.Signal(stopped, ProcessTable.SigStop);

        await Eventually.IsTrueAsync(() => watcher.ProcessId != stopped, "another watcher");
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(stopped), "the first to be gone");
        Assert.True(sleeper.IsRunning);
        watcher.Dispose();
        Assert.Equal(9, (await sleeper.Exited).Signal);
    }

    [Fact]
    public async Task Watcher_kills_only_the_process_that_was_meant()
    {
        using var watcher = new LifelineWatcher();
        ChildProcess many = StartSleeper();
        ChildProcess[] watched = [.. Enumerable.Range(0, 100).Select(_ => StartSleeper())];
        ProcessIdentity[] names = [.. watched.Select(process => Watch(watcher, process))];
        foreach (ProcessIdentity name in names.Where((_, index) => index % 2 == 1))
            watcher.Forget(name);

        watcher.Dispose();

        for (int i = 0; i < watched.Length; i += 2)
            Assert.Equal(9, (await watched[i].Exited).Signal);
        Assert.True(many.IsRunning);
        Assert.All(watched.Where((_, index) => index % 2 == 1), process => Assert.True(process.IsRunning));
        foreach (ChildProcess process in watched.Append(many))
            process.Signal(ProcessTable.SigKill);
    }

    /// <summary>As when this process is killed right after it started something, before it could say what.</summary>
    [Theory]
    [InlineData("qemu.log")]
    [InlineData("it's a \"quote\" $HOME `id` \\ & ü *.log")]
    public async Task Process_that_was_announced_only_is_known_by_its_output(string name)
    {
        string directory = Directory.CreateTempSubdirectory("watcher test-").FullName;
        using var watcher = new LifelineWatcher();
        using var expected = new QemuLog(Path.Combine(directory, name));
        using var other = new QemuLog(Path.Combine(directory, "other.log"));
        using var withdrawn = new QemuLog(Path.Combine(directory, "withdrawn.log"));
        watcher.Expect(expected.Path);
        watcher.Withdraw(watcher.Expect(withdrawn.Path));
        using SafeFileHandle output = expected.OpenForChild();
        using SafeFileHandle otherOutput = other.OpenForChild();
        using SafeFileHandle withdrawnOutput = withdrawn.OpenForChild();
        ChildProcess announced = StartSleeper(output);
        ChildProcess stranger = StartSleeper(otherOutput);
        ChildProcess failed = StartSleeper(withdrawnOutput);

        watcher.Dispose();

        Assert.Equal(9, (await announced.Exited).Signal);
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(watcher.ProcessId!.Value), "the watcher to be done");
        Assert.True(stranger.IsRunning);
        Assert.True(failed.IsRunning);
        stranger.Signal(ProcessTable.SigKill);
        failed.Signal(ProcessTable.SigKill);
        await Task.WhenAll(stranger.Exited, failed.Exited);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Watcher_that_is_replaced_leaves_what_is_announced_to_the_next()
    {
        using var watcher = new LifelineWatcher();
        using var log = new QemuLog(Path.GetTempFileName(), stays: false);
        watcher.Expect(log.Path);
        int first = watcher.ProcessId!.Value;
        ProcessTable.Signal(first, ProcessTable.SigKill);
        await Eventually.IsTrueAsync(() => watcher.ProcessId != first, "another watcher");
        using SafeFileHandle output = log.OpenForChild();
        ChildProcess announced = StartSleeper(output);

        watcher.Dispose();

        Assert.Equal(9, (await announced.Exited).Signal);
    }

    private static ProcessIdentity Watch(LifelineWatcher watcher, ChildProcess process) => watcher.Watch(process.ProcessId, watcher.Expect("/nowhere"));

    private static ChildProcess StartSleeper(SafeHandle? output = null) => ChildProcess.Spawn(new SpawnRequest("/bin/sleep", ["1000"], output, []));
}
