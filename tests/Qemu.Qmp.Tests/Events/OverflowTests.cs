using System.Text;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class OverflowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overflow_drops_the_oldest_and_is_thrown_once()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe(new QmpEventQueueOptions { Capacity = 3 });
        Publish(hub, 5);
        QmpEventOverflowException error = await Assert.ThrowsAsync<QmpEventOverflowException>(() => queue.ReadAsync(null, Token));
        Assert.Equal((2, 3), (error.LostCount, error.Capacity));
        Assert.Equal("E2", (await queue.ReadAsync(null, Token)).Name);
        Assert.Equal(["E3", "E4"], queue.TakeAll().Select(qmpEvent => qmpEvent.Name));
    }

    [Fact]
    public async Task Every_way_of_taking_reports_an_overflow()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe(new QmpEventQueueOptions { Capacity = 1 });
        Publish(hub, 2);
        Assert.Throws<QmpEventOverflowException>(() => queue.TryTake(out _));
        Publish(hub, 1);
        Assert.Throws<QmpEventOverflowException>(queue.TakeAll);
        Publish(hub, 1);
        await Assert.ThrowsAsync<QmpEventOverflowException>(() => queue.WaitAsync("E9", Token));
        Publish(hub, 1);
        await Assert.ThrowsAsync<QmpEventOverflowException>(async () =>
        {
            await foreach (QmpEvent _ in queue.ReadAllAsync(Token))
                Assert.Fail("The loss comes first.");
        });
    }

    [Fact]
    public async Task Wait_under_way_is_not_disturbed_by_the_loss_of_others()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe(new QmpEventQueueOptions { Capacity = 1 });
        Task<QmpEvent> wait = queue.WaitAsync("AWAITED", Timeout.InfiniteTimeSpan, Token);
        Publish(hub, 3);
        hub.Publish(TestEvents.Make("AWAITED"));
        Assert.Equal("AWAITED", (await wait.Soon()).Name);
        Assert.Equal(2, Assert.Throws<QmpEventOverflowException>(queue.TakeAll).LostCount);
    }

    [Fact]
    public async Task Hundred_thousand_unread_events_stay_bounded_and_block_no_reply()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            byte[] thousand = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"event": "RTC_CHANGE", "data": {"offset": 0}}""" + "\r\n", 1000)));
            for (int i = 0; i < 100; i++)
                await peer.SendRawAsync(thousand);

            Task<QmpResponse> reply = client.SendAsync("query-status", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await reply.Soon();
            Assert.Equal(10_000, queue.Count);
            Assert.Equal(90_000, Assert.Throws<QmpEventOverflowException>(queue.TakeAll).LostCount);
            Assert.Equal(10_000, queue.TakeAll().Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void Ring_behaves_as_a_list_that_drops_its_first(int capacity)
    {
        Random random = new(capacity);
        EventRing ring = new(capacity);
        List<QmpEvent> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(5) < 3)
            {
                if (ring.IsFull)
                {
                    Assert.Equal(capacity, model.Count);
                    ring.RemoveAt(0);
                    model.RemoveAt(0);
                }

                QmpEvent added = TestEvents.Make("E");
                ring.Add(added);
                model.Add(added);
            }
            else if (model.Count > 0)
            {
                int index = random.Next(model.Count);
                Assert.Same(model[index], ring.RemoveAt(index));
                model.RemoveAt(index);
            }

            Assert.Equal(model.Count, ring.Count);
            if (random.Next(500) == 0)
            {
                Assert.Equal(model, ring.RemoveAll());
                model.Clear();
            }
        }
    }

    private static void Publish(QmpEventHub hub, int count)
    {
        for (int i = 0; i < count; i++)
            hub.Publish(TestEvents.Make($"E{i}"));
    }
}
