using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class QueueTests
{
    private readonly QmpEventHub _hub = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Events_are_taken_in_order_of_arrival()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        Publish("A", "B", "C");
        Assert.True(queue.TryTake(out QmpEvent? first));
        Assert.Equal("A", first.Name);
        Assert.Equal(["B", "C"], Names(queue.TakeAll()));
        Assert.False(queue.TryTake(out _));
        Assert.Empty(queue.TakeAll());
    }

    [Fact]
    public void Every_subscriber_gets_the_same_event_object()
    {
        using QmpEventQueue first = _hub.Subscribe();
        using QmpEventQueue second = _hub.Subscribe();
        Publish("A");
        Assert.Same(first.TakeAll()[0], second.TakeAll()[0]);
    }

    [Fact]
    public void Events_that_are_discarded_by_name_leave_the_others_in_order()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        Publish("A", "B", "C", "B", "D");

        queue.Discard(["B", "D", "E"]);

        Assert.Equal(["A", "C"], Names(queue.TakeAll()));
    }

    [Fact]
    public async Task Wait_takes_the_first_match_and_leaves_the_rest_in_order()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        Publish("A", "B", "C", "B", "D");
        QmpEvent taken = await queue.WaitAsync("B", Token);
        Assert.Equal("B", taken.Name);
        Assert.Equal(["A", "C", "B", "D"], Names(queue.TakeAll()));
    }

    [Fact]
    public async Task Wait_gets_an_event_that_comes_later_and_leaves_others_queued()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        Task<QmpEvent> wait = queue.WaitAsync("RESET", new { guest = false }, Timeout.InfiniteTimeSpan, Token);
        _hub.Publish(TestEvents.Make("RESET", """{"guest": true}"""));
        Assert.False(wait.IsCompleted);
        _hub.Publish(TestEvents.Make("RESET", """{"guest": false, "reason": "host-qmp-system-reset"}"""));
        Assert.False((await wait.Soon()).Data.GetProperty("guest").GetBoolean());
        Assert.True(Assert.Single(queue.TakeAll()).Data.GetProperty("guest").GetBoolean());
    }

    [Fact]
    public async Task Wait_takes_every_kind_of_pattern()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        for (int i = 0; i < 4; i++)
            _hub.Publish(TestEvents.Make("JOB", $$"""{"job-id": {{i}}}"""));

        Assert.Equal(3, Id(await queue.WaitAsync("JOB", Json.Parse("""{"job-id": 3}"""), cancellationToken: Token)));
        Assert.Equal(2, Id(await queue.WaitAsync("JOB", new Dictionary<string, object?> { ["job-id"] = 2 }, cancellationToken: Token)));
        Assert.Equal(1, Id(await queue.WaitAsync("JOB", new { job_id = 1 }, cancellationToken: Token)));
        Assert.Equal(0, Id(await queue.WaitAsync("JOB", TimeSpan.Zero, Token)));

        static int Id(QmpEvent qmpEvent) => qmpEvent.Data.GetProperty("job-id").GetInt32();
    }

    [Fact]
    public async Task WaitAny_takes_whichever_pattern_comes_first()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        QmpEventPattern[] patterns = [new("SHUTDOWN"), new("RESET", new { guest = true })];
        Publish("STOP");
        _hub.Publish(TestEvents.Make("RESET", """{"guest": false}"""));
        Task<QmpEvent> wait = queue.WaitAnyAsync(patterns, Timeout.InfiniteTimeSpan, Token);
        Assert.False(wait.IsCompleted);
        Publish("SHUTDOWN");
        Assert.Equal("SHUTDOWN", (await wait.Soon()).Name);
        Assert.Equal(2, queue.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => queue.WaitAnyAsync([], null, Token));
    }

    [Fact]
    public async Task One_event_goes_to_one_wait_the_oldest_that_wants_it()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        Task<QmpEvent> other = queue.WaitAsync("B", Timeout.InfiniteTimeSpan, Token);
        Task<QmpEvent> first = queue.WaitAsync("A", Timeout.InfiniteTimeSpan, Token);
        Task<QmpEvent> second = queue.ReadAsync(Timeout.InfiniteTimeSpan, Token);
        Publish("A");
        await first.Soon();
        Assert.False(second.IsCompleted);
        Publish("A");
        await second.Soon();
        Assert.False(other.IsCompleted);
        Publish("B");
        await other.Soon();
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Names_filter_what_is_queued()
    {
        using QmpEventQueue queue = _hub.Subscribe(new QmpEventQueueOptions { Names = ["B", "D"] });
        Publish("A", "B", "C", "D");
        Assert.Equal(["B", "D"], Names(queue.TakeAll()));
    }

    [Fact]
    public async Task Timeout_is_one_deadline_and_tells_what_was_awaited_and_seen()
    {
        ManualTimeProvider clock = new();
        using QmpEventQueue queue = _hub.Subscribe(new QmpEventQueueOptions { TimeProvider = clock });
        Task<QmpEvent> wait = queue.WaitAsync("RESET", new { guest = false }, TimeSpan.FromSeconds(10), Token);
        for (int i = 0; i < 9; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Publish("STOP");
        }

        Assert.False(wait.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        QmpTimeoutException error = await Assert.ThrowsAsync<QmpTimeoutException>(() => wait.Soon());
        Assert.Equal(TimeSpan.FromSeconds(10), error.Timeout);
        Assert.Equal("""the event RESET matching {"guest":false}""", error.What);
        Assert.Contains("STOP", error.LastSeen, StringComparison.Ordinal);
        Assert.Contains("9 events are queued unclaimed", error.Message, StringComparison.Ordinal);

        _hub.Publish(TestEvents.Make("RESET", """{"guest": false}"""));
        Assert.Equal("RESET", (await queue.WaitAsync("RESET", Token).Soon()).Name);
        Assert.Equal(9, queue.Count);
    }

    [Fact]
    public async Task Default_timeout_is_the_queues_own()
    {
        ManualTimeProvider clock = new();
        using QmpEventQueue queue = _hub.Subscribe(new QmpEventQueueOptions { TimeProvider = clock, DefaultTimeout = TimeSpan.FromSeconds(3) });
        Task<QmpEvent> wait = queue.WaitAsync("A", Token);
        clock.Advance(TimeSpan.FromSeconds(3));
        QmpTimeoutException error = await Assert.ThrowsAsync<QmpTimeoutException>(() => wait.Soon());
        Assert.Null(error.LastSeen);
        Assert.Contains("nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Zero_timeout_looks_once()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        await Assert.ThrowsAsync<QmpTimeoutException>(() => queue.ReadAsync(TimeSpan.Zero, Token));
        Publish("A");
        Assert.Equal("A", (await queue.ReadAsync(TimeSpan.Zero, Token)).Name);
    }

    [Fact]
    public async Task Cancellation_has_the_callers_token_and_loses_no_event()
    {
        using QmpEventQueue queue = _hub.Subscribe();
        using CancellationTokenSource source = new();
        Task<QmpEvent> wait = queue.WaitAsync("A", Timeout.InfiniteTimeSpan, source.Token);
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Soon());
        Assert.Equal(source.Token, error.CancellationToken);
        Publish("A");
        Assert.Equal("A", (await queue.ReadAsync(TimeSpan.Zero, Token)).Name);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.WaitAsync("A", source.Token));
    }

    [Fact]
    public async Task Dispose_ends_waits_and_unsubscribes()
    {
        QmpEventQueue queue = _hub.Subscribe();
        Publish("A");
        Task<QmpEvent> wait = queue.WaitAsync("B", Timeout.InfiniteTimeSpan, Token);
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.Soon());
        Publish("C");
        Assert.Equal(["A"], Names(queue.TakeAll()));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.ReadAsync(null, Token));
    }

    [Fact]
    public async Task ReadAll_gives_every_event_until_the_queue_is_disposed()
    {
        QmpEventQueue queue = _hub.Subscribe();
        Publish("A", "B");
        List<string> seen = [];
        await foreach (QmpEvent qmpEvent in queue.ReadAllAsync(Token))
        {
            seen.Add(qmpEvent.Name);
            if (seen.Count == 2)
                Publish("C");
            if (seen.Count == 3)
                queue.Dispose();
        }

        Assert.Equal(["A", "B", "C"], seen);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.Subscribe(new QmpEventQueueOptions { Capacity = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _hub.Subscribe(new QmpEventQueueOptions { DefaultTimeout = TimeSpan.FromSeconds(-5) }));
    }

    [Fact]
    public async Task Concurrent_waits_and_publishers_lose_and_double_nothing()
    {
        const int count = 20_000;
        using QmpEventQueue queue = _hub.Subscribe(new QmpEventQueueOptions { Capacity = count });
        int taken = 0;
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(ReadOwnShareAsync, Token))];
        Task[] writers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Publish([.. Enumerable.Repeat("A", count / 2)]), Token))];
        await Task.WhenAll([.. readers, .. writers]).Soon();
        Assert.Equal(count, taken);
        Assert.Equal(0, queue.Count);

        async Task ReadOwnShareAsync()
        {
            for (int i = 0; i < count / 4; i++)
            {
                await queue.ReadAsync(Timeout.InfiniteTimeSpan, Token);
                Interlocked.Increment(ref taken);
            }
        }
    }

    private static IEnumerable<string> Names(IEnumerable<QmpEvent> events) => events.Select(qmpEvent => qmpEvent.Name);

    private void Publish(params string[] names)
    {
        foreach (string name in names)
            _hub.Publish(TestEvents.Make(name));
    }
}
