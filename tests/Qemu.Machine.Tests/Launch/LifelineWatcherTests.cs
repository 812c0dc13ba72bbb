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
        string stranger = watcher.Watch(forgotten.ProcessId);
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

    private static ChildProcess StartSleeper() => ChildProcess.Spawn(new SpawnRequest("/bin/sleep", ["1000"], Output: null, []));
}
