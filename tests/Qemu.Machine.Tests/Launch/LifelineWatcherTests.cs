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
        watcher.Watch(first.ProcessId);
        ProcessIdentity stranger = watcher.Watch(forgotten.ProcessId);
        int killed = watcher.ProcessId!.Value;
        ProcessTable.Signal(killed, ProcessTable.SigKill);
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(killed), "the watcher to be gone");

        watcher.Watch(second.ProcessId);
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
        watcher.Watch(sleeper.ProcessId);
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
        watcher.Watch(first.ProcessId);
        int shell = watcher.ProcessId!.Value;
        await Eventually.IsTrueAsync(() => ProcessTable.IgnoresSignal(shell, ProcessTable.SigTerm), "the shell to have read its first line");

        ProcessTable.Signal(shell, ProcessTable.SigTerm);
        watcher.Watch(second.ProcessId);

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
        watcher.Watch(sleeper.ProcessId);
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
        ProcessIdentity[] names = [.. watched.Select(process => watcher.Watch(process.ProcessId))];
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

    private static ChildProcess StartSleeper() => ChildProcess.Spawn(new SpawnRequest("/bin/sleep", ["1000"], Output: null, []));
}
