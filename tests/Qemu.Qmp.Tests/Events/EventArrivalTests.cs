using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class EventArrivalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_that_precedes_its_commands_reply_is_queued_by_then()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            Task<QmpResponse> stop = client.SendAsync("stop", Token);
            var command = await peer.ReadCommandAsync();
            await peer.SendEventAsync("STOP");
            await peer.ReplyAsync(command);
            await stop.Soon();
            Assert.True(queue.TryTake(out QmpEvent? qmpEvent));
            Assert.Equal("STOP", qmpEvent.Name);
        }
    }

    [Fact]
    public async Task Event_has_name_data_and_the_time_of_qemus_host()
    {
        QmpEvent qmpEvent = await ReceiveAsync("""{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "RESET", "data": {"guest": true}}""");
        Assert.Equal("RESET", qmpEvent.Name);
        Assert.True(qmpEvent.Data.GetProperty("guest").GetBoolean());
        Assert.Equal(new DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero).AddTicks(1_234_560), qmpEvent.Timestamp);
    }

    [Theory]
    [InlineData("""{"event": "STOP"}""")]
    [InlineData("""{"event": "STOP", "timestamp": {"seconds": -1, "microseconds": -1}}""")]
    [InlineData("""{"event": "STOP", "timestamp": {"seconds": 99999999999999, "microseconds": 0}}""")]
    [InlineData("""{"event": "STOP", "timestamp": {"seconds": 1.5, "microseconds": 0}}""")]
    [InlineData("""{"event": "STOP", "timestamp": 5}""")]
    public async Task Event_without_a_usable_time_has_the_time_of_its_arrival(string line) =>
        Assert.Equal(DateTimeOffset.UnixEpoch, (await ReceiveAsync(line)).Timestamp);

    private static async Task<QmpEvent> ReceiveAsync(string line)
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { TimeProvider = new ManualTimeProvider() });
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            await peer.SendAsync(line);
            return await queue.ReadAsync(Timeout.InfiniteTimeSpan, Token).Soon();
        }
    }
}
