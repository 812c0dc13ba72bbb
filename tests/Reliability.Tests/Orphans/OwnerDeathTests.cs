using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Whatever ends the process that owns a machine, nothing of the machine outlives it.</summary>
public sealed class OwnerDeathTests
{
    private const string WatcherName = "qemu-lifeline";

    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigStop = 19;

    [Theory]
    [InlineData("idle")]
    [InlineData("spin")]
    [InlineData("hang")]
    [InlineData("flood")]
    [InlineData("stopped")]
    public async Task Machine_is_gone_when_its_owner_is_killed(string state)
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, state, "wait");
        await host.ReadyAsync();

        host.Kill();

        await AllGoneAsync(host);
        await SweptByTheNextRunAsync(root);
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("return")]
    [InlineData("throw")]
    [InlineData("failfast")]
    [InlineData("overflow")]
    public async Task Machine_is_gone_when_its_owner_ends_without_a_word(string death)
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, "spin", death);
        await host.ReadyAsync();

        host.WaitForExit();

        await AllGoneAsync(host);
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public async Task Machine_is_gone_when_its_owner_ends_by_a_signal(int signal)
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, "idle", "wait");
        await host.ReadyAsync();

        host.Signal(signal);

        await AllGoneAsync(host);
    }

    [Theory]
    [InlineData("idle", "taskset", "-c", "0")]
    [InlineData("stopped", "taskset", "-c", "0")]
    [InlineData("spin", "strace", "-f", "-qq", "-e", "trace=none")]
    [InlineData("stopped", "strace", "-f", "-qq", "-e", "trace=none")]
    [InlineData("idle", "sh", "-c", "\"$@\"; exit $?", "sh")]
    public async Task Machine_under_a_wrapper_is_gone_when_its_owner_is_killed(string state, params string[] wrapper)
    {
        Assert.SkipUnless(Programs.Exists(wrapper[0]), $"needs {wrapper[0]}");
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, state, "wait", wrapper);
        await host.ReadyAsync();

        host.Kill();

        await AllGoneAsync(host);
    }

    /// <summary>As under a debugger that stops at a breakpoint and is closed.</summary>
    [Fact]
    public async Task Machine_is_gone_when_its_owner_is_killed_while_it_is_stopped()
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, "spin", "wait");
        int qemu = await host.ReadyAsync();

        host.Signal(SigStop);
        Assert.False(ProcessDescriptor.WaitForExit(qemu, TimeSpan.FromSeconds(1)), "The machine ended, though its owner only stood still.");
        host.Kill();

        await AllGoneAsync(host);
    }

    /// <summary>What sees the owner die may itself be killed, or stopped: then another takes its place.</summary>
    [Theory]
    [InlineData(SigKill)]
    [InlineData(SigStop)]
    public async Task Machine_is_gone_when_its_watcher_was_ended_before_its_owner(int signal)
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, "idle", "wait");
        await host.ReadyAsync();
        int watcher = Watcher(host);
        ProcessDescriptor.Signal(watcher, signal);
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (host.Family.FindBy(WatcherName) is not [var other] || other == watcher)
            await Task.Delay(20, guard.Token);

        host.Kill();

        await AllGoneAsync(host);
    }

    /// <summary>Nobody is left to see it: the next run does.</summary>
    [Theory]
    [InlineData("spin")]
    [InlineData("stopped")]
    [InlineData("companion")]
    public async Task Machine_that_lost_owner_and_watcher_at_once_is_ended_by_the_next_run(string state)
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, state, "wait");
        int qemu = await host.ReadyAsync();
        host.Signal(SigStop);
        ProcessDescriptor.Signal(Watcher(host), SigKill);
        host.Kill();
        host.WaitForExit();
        Assert.Contains(qemu, host.Family.Find());

        await SweptByTheNextRunAsync(root);

        await AllGoneAsync(host);
    }

    [Fact]
    public async Task Machine_is_gone_after_ctrl_c_in_a_terminal()
    {
        Assert.SkipUnless(Programs.Exists("script"), "needs script, for a terminal");
        using var root = new TestDirectory();
        string command = $"'{DyingHostProcess.Program}' '{TestRom.Path}' '{root.Path}' idle wait";
        using DyingHostProcess host = DyingHostProcess.Start("script", ["-qec", command, "/dev/null"]);
        await host.ReadyAsync();

        await host.TypeAsync("\u0003");

        await AllGoneAsync(host);
    }

    private static int Watcher(DyingHostProcess host) => Assert.Single(host.Family.FindBy(WatcherName));

    private static async Task AllGoneAsync(DyingHostProcess host)
    {
        host.WaitForExit(); // a process that dies has lost its environment, by which it is found, before its files and their locks
        TimeSpan time = await host.Family.WaitUntilGoneAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"gone after {time.TotalMilliseconds:0} ms");
    }

    private static async Task SweptByTheNextRunAsync(TestDirectory root)
    {
        Assert.NotEmpty(root.Entries);
        await using (QemuMachine next = Machines.Rom(root.Path).Build())
            await next.LaunchAsync(TestContext.Current.CancellationToken);
        Assert.Empty(root.Entries);
    }
}
