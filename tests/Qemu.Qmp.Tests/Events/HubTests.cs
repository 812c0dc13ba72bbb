using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class HubTests
{
    private static readonly QmpDisconnectedException Gone = new(QmpDisconnectReason.PeerClosed, "the peer closed the connection");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task End_reaches_every_wait_and_names_what_it_awaited()
    {
        QmpEventHub hub = new();
        using QmpEventQueue first = hub.Subscribe();
        using QmpEventQueue second = hub.Subscribe();
        Task<QmpEvent> reset = first.WaitAsync("RESET", Timeout.InfiniteTimeSpan, Token);
        Task<QmpEvent> any = second.ReadAsync(Timeout.InfiniteTimeSpan, Token);
        hub.End(Gone);
        QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => reset.Soon());
        Assert.Equal("the event RESET", error.Awaited);
        Assert.Equal(Gone.Description, error.Description);
        Assert.NotSame(error, await Assert.ThrowsAsync<QmpDisconnectedException>(() => any.Soon()));
    }

    [Fact]
    public async Task Backlog_stays_takeable_after_the_end_and_then_the_cause_is_thrown()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe();
        hub.Publish(TestEvents.Make("SHUTDOWN"));
        hub.End(Gone);
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => queue.WaitAsync("RESET", Token));
        Assert.Equal("SHUTDOWN", (await queue.WaitAsync("SHUTDOWN", Token)).Name);
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => queue.WaitAsync("SHUTDOWN", Token));
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public async Task Other_causes_are_thrown_as_they_are()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe();
        InvalidTimeZoneException panic = new();
        hub.End(panic);
        Assert.Same(panic, await Assert.ThrowsAsync<InvalidTimeZoneException>(() => queue.ReadAsync(null, Token)));
    }

    [Fact]
    public async Task Subscription_outlives_sessions()
    {
        QmpEventHub hub = new();
        using QmpEventQueue before = hub.Subscribe();
        hub.Begin();
        hub.End(Gone);
        using QmpEventQueue between = hub.Subscribe();
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => between.ReadAsync(null, Token));
        hub.Begin();
        Task<QmpEvent>[] waits = [before.WaitAsync("A", Timeout.InfiniteTimeSpan, Token), between.WaitAsync("A", Timeout.InfiniteTimeSpan, Token)];
        hub.Publish(TestEvents.Make("A"));
        await Task.WhenAll(waits).Soon();
    }

    [Fact]
    public async Task Wait_before_the_first_session_waits_for_it()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe();
        Task<QmpEvent> wait = queue.WaitAsync("STOP", Timeout.InfiniteTimeSpan, Token);
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { Events = hub });
        await using (peer)
        await using (client)
        {
            Assert.Same(hub, client.Events);
            await peer.SendEventAsync("STOP");
            Assert.Equal("STOP", (await wait.Soon()).Name);
        }
    }

    [Fact]
    public async Task Enumeration_throws_the_cause_after_the_last_event()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe();
        hub.Publish(TestEvents.Make("A"));
        hub.End(Gone);
        List<string> seen = [];
        await Assert.ThrowsAsync<QmpDisconnectedException>(async () =>
        {
            await foreach (QmpEvent qmpEvent in queue.ReadAllAsync(Token))
                seen.Add(qmpEvent.Name);
        });
        Assert.Equal(["A"], seen);
    }
}
