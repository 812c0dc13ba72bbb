using System.Runtime.CompilerServices;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Launching and ending machines, again and again, costs the process nothing that stays.</summary>
public sealed class LaunchLeakTests
{
    private const int WarmUp = 10;

    /// <summary>Per launch; what a machine needs is hundreds of thousands of bytes.</summary>
    private const long Tolerance = 2048;

    [Fact]
    public async Task Launches_and_ends_leave_nothing()
    {
        using var root = new TestDirectory();
        await AssertFlatAsync(root, Soak.Count(sample: 100, full: 1000), times => RepeatAsync(root, times));
    }

    [Fact]
    public async Task Launches_that_fail_leave_nothing()
    {
        using var root = new TestDirectory();
        await AssertFlatAsync(root, Soak.Count(sample: 30, full: 1000), times => FailAsync(root, times));
    }

    [Fact]
    public async Task Relaunches_of_one_machine_leave_nothing()
    {
        using var root = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        await AssertFlatAsync(root, Soak.Count(sample: 50, full: 1000), times => RelaunchAsync(machine, times));
    }

    [Fact]
    public async Task Machines_that_were_disposed_can_be_collected()
    {
        using var root = new TestDirectory();
        var machines = new List<WeakReference>();
        for (int i = 0; i < 10; i++)
            machines.Add(await UseAsync(root));

        ProcessCensus.Take();

        // The last one may still stand in a frame or a thread's cache of the runtime's.
        Assert.InRange(machines.Count(static machine => machine.IsAlive), 0, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAsync(TestDirectory root)
    {
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        await UseAsync(machine, 0);
        return new WeakReference(machine);
    }

    private static async Task RepeatAsync(TestDirectory root, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using QemuMachine machine = Machines.Rom(root.Path).Build();
            await UseAsync(machine, i);
        }
    }

    private static async Task RelaunchAsync(QemuMachine machine, int times)
    {
        for (int i = 0; i < times; i++)
            await UseAsync(machine, i);
    }

    // Each way to end takes its turn.
    private static async Task UseAsync(QemuMachine machine, int turn)
    {
        ConsoleMark mark = machine.Console.Mark;
        await machine.LaunchAsync();
        await machine.Console.WaitForAsync(TestRom.Ready, from: mark);
        await machine.Qmp.ExecuteAsync("query-status");
        switch (turn % 3)
        {
            case 0:
                await machine.ShutdownAsync();
                break;
            case 1:
                await machine.KillAsync();
                break;
            default:
                await machine.Console.SendLineAsync("exit 0");
                await machine.WaitForShutdownAsync();
                break;
        }
    }

    private static async Task FailAsync(TestDirectory root, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await using QemuMachine machine = Machines.Rom(root.Path).WithDevice("nonsense").Build();
            await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());
        }
    }

    private static async Task AssertFlatAsync(TestDirectory root, int launches, Func<int, Task> repeatAsync)
    {
        await repeatAsync(WarmUp);
        ProcessCensus before = ProcessCensus.Take();

        await repeatAsync(launches);

        TestContext.Current.TestOutputHelper!.WriteLine($"{launches} launches");
        ProcessCensus after = await ProcessCensus.AssertNoMoreThanAsync(before);
        Assert.Empty(root.Entries);
        Assert.InRange(after.Memory - before.Memory, long.MinValue, launches * Tolerance + 256 * 1024);
    }
}
