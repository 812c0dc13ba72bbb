using Qemu.Testing;

namespace Tests.Qemu.Testing.Admission;

public sealed class StartGateTests
{
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gate_bounds_the_starts_that_run_at_once()
    {
        using var gate = new StartGate(3);
        int running = 0;
        int most = 0;
        var release = new TaskCompletionSource();

        Task[] starts = [.. Enumerable.Range(0, 20).Select(_ => gate.RunAsync(
            async _ =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await release.Task;
                Interlocked.Decrement(ref running);
            },
            _token))];
        Assert.Equal(3, running);
        release.SetResult();
        await Task.WhenAll(starts);

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Start_within_a_start_needs_no_place_of_its_own()
    {
        using var gate = new StartGate(1);
        bool inner = false;

        await gate.RunAsync(
            token => gate.RunAsync(
                _ =>
                {
                    inner = true;
                    return Task.CompletedTask;
                },
                token),
            _token).WaitAsync(TimeSpan.FromSeconds(30), _token);

        Assert.True(inner);
    }

    [Fact]
    public async Task Place_is_held_by_the_start_alone_and_not_by_its_caller()
    {
        using var gate = new StartGate(1);
        await gate.RunAsync(_ => Task.CompletedTask, _token);
        var release = new TaskCompletionSource();
        Task other = gate.RunAsync(_ => release.Task, _token);

        Task queued = gate.RunAsync(_ => Task.CompletedTask, _token);

        Assert.False(queued.IsCompleted);
        release.SetResult();
        await Task.WhenAll(other, queued);
    }

    [Fact]
    public async Task Cancellation_ends_the_queueing()
    {
        using var gate = new StartGate(1);
        var release = new TaskCompletionSource();
        Task first = gate.RunAsync(_ => release.Task, _token);
        using var cancel = new CancellationTokenSource();
        Task queued = gate.RunAsync(_ => throw new InvalidOperationException("must not run"), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        release.SetResult();
        await first;
        await gate.RunAsync(_ => Task.CompletedTask, _token);
    }

    [Fact]
    public async Task Failed_start_gives_its_place_back()
    {
        using var gate = new StartGate(1);

        await Assert.ThrowsAsync<InvalidOperationException>(() => gate.RunAsync(_ => throw new InvalidOperationException("on purpose"), _token));

        await gate.RunAsync(_ => Task.CompletedTask, _token).WaitAsync(TimeSpan.FromSeconds(30), _token);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
