using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>Ten minutes of everything, asked for by name: <c>--filter Name~Ten_minutes</c>.</summary>
public sealed class LongSoakTests
{
    private const int Parallel = 4;

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Ten_minutes_of_random_use_leave_nothing()
    {
        TimeSpan length = TimeSpan.FromSeconds(Soak.Count(sample: 60, full: 600));
        Random random = Soak.Random();
        using var root = new TestDirectory();
        await UseAsync(root, random, TimeSpan.FromSeconds(2));
        ProcessCensus before = ProcessCensus.Take();

        int uses = await UseAsync(root, random, length);

        TestContext.Current.TestOutputHelper!.WriteLine($"{uses} machines in {length}");
        ProcessCensus after = await ProcessCensus.AssertNoMoreThanAsync(before);
        Assert.Empty(root.Entries);
        Assert.InRange(after.Memory - before.Memory, long.MinValue, 4 * 1024 * 1024);
    }

    private static async Task<int> UseAsync(TestDirectory root, Random random, TimeSpan length)
    {
        long start = TimeProvider.System.GetTimestamp();
        int uses = 0;
        int[] seeds = [.. Enumerable.Range(0, Parallel).Select(_ => random.Next())];
        await Task.WhenAll(seeds.Select(seed => Task.Run(async () =>
        {
            var own = new Random(seed);
            while (TimeProvider.System.GetElapsedTime(start) < length)
            {
                await UseAsync(root, own);
                Interlocked.Increment(ref uses);
            }
        })));
        return uses;
    }

    private static async Task UseAsync(TestDirectory root, Random random)
    {
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        using var cancellation = new CancellationTokenSource();
        if (random.Next(4) == 0)
            cancellation.CancelAfter(random.Next(60));
        try
        {
            await machine.LaunchAsync(cancellation.Token);
            await machine.Console.WaitForAsync(TestRom.Ready, cancellationToken: cancellation.Token);
            await DoAsync(machine, random, cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            // As it was asked to.
        }
        catch (Exception error) when (error is QemuExitedException or AbnormalShutdownException)
        {
            // Likewise: something killed it on purpose.
        }
    }

    private static Task DoAsync(QemuMachine machine, Random random, CancellationToken cancellationToken) => random.Next(6) switch
    {
        0 => machine.KillAsync(),
        1 => machine.Console.SendLineAsync($"flood {random.Next(20_000)} exit 1", cancellationToken),
        2 => Task.WhenAll(machine.Qmp.ExecuteAsync("query-status", cancellationToken), machine.Qmp.ExecuteAsync("system_reset", cancellationToken)),
        3 => Task.WhenAll(machine.ShutdownAsync(cancellationToken: cancellationToken), machine.KillAsync()),
        4 => machine.Events.WaitAsync("NEVER", TimeSpan.FromMilliseconds(random.Next(50)), cancellationToken)
            .ContinueWith(static _ => { }, TaskScheduler.Default),
        _ => machine.Console.WaitForAsync("never", TimeSpan.FromMilliseconds(random.Next(50)), cancellationToken: cancellationToken)
            .ContinueWith(static _ => { }, TaskScheduler.Default),
    };
}
