using Qemu.Machine;
using Tests;
using Xunit;
using Xunit.Qemu;

namespace Scenarios;

/// <summary>
/// Tests that start machines of their own, more than the host starts at a time. They run on the pool: these starts are held by
/// their own test, which must not need a thread that another test's constructor blocks.
/// </summary>
public sealed class Gate
{
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(3);

    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _starting;
    private int _most;

    [QemuFact]
    public Task Bounds_the_starts_of_machines_that_tests_build() => Task.Run(BoundAsync);

    private async Task BoundAsync()
    {
        QemuMachine[] machines = [.. Enumerable.Range(0, Environment.ProcessorCount + 3).Select(_ => Held())];

        Task starts = Task.WhenAll(machines.Select(machine => machine.StartAsync()));
        await _full.Task.WaitAsync(s_guard);
        await Task.Delay(TimeSpan.FromMilliseconds(500)); // one start too many would show itself; if none does, this is only slow
        _release.SetResult();
        await starts.WaitAsync(s_guard);

        Assert.Equal(Environment.ProcessorCount, _most);
        foreach (QemuMachine machine in machines)
            await machine.DisposeAsync();
    }

    [QemuFact]
    public Task Lets_go_of_a_start_that_is_cancelled_while_it_is_queued() => Task.Run(LetGoAsync);

    private async Task LetGoAsync()
    {
        QemuMachine[] machines = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Held())];
        Task starts = Task.WhenAll(machines.Select(machine => machine.StartAsync()));
        await _full.Task.WaitAsync(s_guard);
        await using QemuMachine queued = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build();
        using var cancel = new CancellationTokenSource();
        Task start = queued.StartAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.WaitAsync(s_guard));
        Assert.Null(queued.CommandLine); // it was never launched
        _release.SetResult();
        await starts.WaitAsync(s_guard);
        foreach (QemuMachine machine in machines)
            await machine.DisposeAsync();
    }

    [QemuFact]
    public Task Lets_a_start_through_that_is_part_of_another() => Task.Run(LetThroughAsync);

    private async Task LetThroughAsync()
    {
        await using QemuMachine inner = RomVm.Describe(new QemuMachineBuilder("qemu-system-x86_64")).Build();
        QemuMachine[] outer =
        [
            .. Enumerable.Range(0, Environment.ProcessorCount).Select(number => Describe(async (_, token) =>
            {
                await EnterAsync(); // every place is taken
                if (number == 0)
                    await inner.StartAsync(token);
            })),
        ];
        _release.SetResult();

        await Task.WhenAll(outer.Select(machine => machine.StartAsync())).WaitAsync(s_guard);

        Assert.True(inner.IsRunning);
        foreach (QemuMachine machine in outer)
            await machine.DisposeAsync();
    }

    private static QemuMachine Describe(Func<QemuMachine, CancellationToken, Task> ready) =>
        new QemuMachineBuilder("qemu-system-x86_64").WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path)
            .ReadyWhen(Readiness.When("the test lets it", ready), TimeSpan.FromMinutes(5)).Build();

    private QemuMachine Held() => Describe((_, _) => EnterAsync());

    /// <summary>Counts the starts that are under way; those that fill the gate wait for the test.</summary>
    private async Task EnterAsync()
    {
        int now = Interlocked.Increment(ref _starting);
        for (int seen = Volatile.Read(ref _most); now > seen; seen = Volatile.Read(ref _most))
            Interlocked.CompareExchange(ref _most, now, seen);
        if (now == Environment.ProcessorCount)
            _full.TrySetResult();
        await _full.Task.WaitAsync(s_guard);
        await _release.Task.WaitAsync(s_guard);
        Interlocked.Decrement(ref _starting);
    }
}
