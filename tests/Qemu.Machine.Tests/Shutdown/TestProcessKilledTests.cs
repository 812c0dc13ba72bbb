using Qemu.Machine;

namespace Tests.Qemu.Machine.Shutdown;

/// <summary>Fault "test process killed (SIGKILL)": QEMU survives there, and its directory with it.</summary>
public sealed class TestProcessKilledTests
{
    [Theory]
    [InlineData("idle")]
    [InlineData("stopped")]
    [InlineData("idle", "sh", "-c", "\"$@\" & wait $!", "sh")]
    public async Task Qemu_goes_with_the_test_process_and_the_next_run_sweeps_its_directory(string state, params string[] wrapper)
    {
        using var root = new TempRoot();
        using VictimProcess victim = await VictimProcess.StartAsync(root.Path, 3, state, wrapper);
        string mark = Path.GetFileName(root.Path);
        Assert.All(victim.Machines, process => Assert.True(ProcessTable.IsAlive(process)));
        int watcher = Assert.Single(ProcessTable.Children(victim.ProcessId).Except(victim.Machines));

        await victim.KillAsync();

        await Eventually.IsTrueAsync(() => ProcessTable.WithArgument(mark).Count == 0, "QEMU to go with its owner");
        await Eventually.IsTrueAsync(() => !ProcessTable.IsAlive(watcher), "the watcher to go");
        Assert.Equal(3, Directory.GetDirectories(root.Path).Length);
        await using QemuMachine next = Machines.Empty().WithTempRoot(root.Path).Build();
        await next.LaunchAsync();
        Assert.Equal([next.TempDirectory], Directory.GetDirectories(root.Path));
    }

    [Fact]
    public Task Qemu_goes_with_a_test_process_that_is_killed_at_any_moment_of_a_launch() => KillAtAnyMomentAsync(5);

    [Fact]
    [Trait("Category", "Soak")]
    public Task Qemu_goes_with_a_test_process_that_is_killed_at_any_moment_of_many_launches() => KillAtAnyMomentAsync(200);

    [Fact]
    public async Task Directory_of_a_machine_that_lives_is_not_swept()
    {
        using var root = new TempRoot();
        using VictimProcess other = await VictimProcess.StartAsync(root.Path, 1, "idle");
        string[] theirs = Directory.GetDirectories(root.Path);

        await using QemuMachine machine = Machines.Empty().WithTempRoot(root.Path).Build();
        await machine.LaunchAsync();

        Assert.Single(theirs);
        Assert.All(theirs, directory => Assert.True(Directory.Exists(directory)));
    }

    [Fact]
    public async Task Signals_to_qemus_group_do_not_reach_the_watcher()
    {
        await using QemuMachine machine = Machines.Empty().WithWrapper("sh", "-c", "trap : TERM; \"$@\"; sleep 1000", "sh").Build();
        await machine.LaunchAsync();
        int leader = machine.ProcessId!.Value;
        int watcher = LifelineWatcher.Shared.ProcessId!.Value;

        ProcessTable.Signal(-leader, ProcessTable.SigTerm);
        await Eventually.IsTrueAsync(() => ProcessTable.Children(leader).Any(child => ProcessTable.CommandLine(child)[0] == "sleep"), "QEMU to obey SIGTERM");

        Assert.True(ProcessTable.IsAlive(watcher));
        await machine.KillAsync();
    }

    private static async Task KillAtAnyMomentAsync(int times)
    {
        var random = new Random(times);
        for (int i = 0; i < times; i++)
        {
            using var root = new TempRoot();
            string mark = Path.GetFileName(root.Path);
            using VictimProcess victim = await VictimProcess.StartAsync(root.Path, 1, "churn");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100)));

            await victim.KillAsync();

            await Eventually.IsTrueAsync(() => ProcessTable.WithArgument(mark).Count == 0, "QEMU to go with its owner");
        }
    }
}
