using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class TimeoutTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timeout_tells_what_was_awaited_and_leaves_the_session_usable()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            Task<JsonElement> late = client.ExecuteAsync("query-block", Token);
            JsonElement command = await peer.ReadCommandAsync();
            await peer.SendEventAsync("STOP");
            await queue.ReadAsync(Timeout.InfiniteTimeSpan, Token).Soon();
            _clock.Advance(TimeSpan.FromSeconds(29.999));
            Assert.False(late.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            QmpTimeoutException error = await Assert.ThrowsAsync<QmpTimeoutException>(() => late.Soon());
            Assert.Equal(("the reply to 'query-block'", TimeSpan.FromSeconds(30)), (error.What, error.Timeout));
            Assert.Equal("the event STOP {}", error.LastSeen);

            await AssertLateReplyIsDroppedAsync(peer, client, command);
        }
    }

    [Fact]
    public async Task Cancellation_has_the_callers_token_and_leaves_the_session_usable()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            using CancellationTokenSource source = new();
            Task<JsonElement> cancelled = client.ExecuteAsync("query-block", source.Token);
            JsonElement command = await peer.ReadCommandAsync();
            await source.CancelAsync();
            OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
            Assert.Equal(source.Token, error.CancellationToken);

            await AssertLateReplyIsDroppedAsync(peer, client, command);
        }
    }

    [Fact]
    public async Task Command_with_a_cancelled_token_is_not_sent()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ExecuteAsync("first", new CancellationToken(canceled: true)));
            _ = client.SendAsync("second", Token);
            Assert.Equal("second", (await peer.ReadCommandAsync()).GetProperty("execute").GetString());
        }
    }

    [Fact]
    public async Task Each_command_has_its_own_deadline()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> longer = client.SendAsync(new QmpCommand("longer") { Timeout = TimeSpan.FromSeconds(60) }, Token);
            Task<QmpResponse> usual = client.SendAsync("usual", Token);
            Task<QmpResponse> shorter = client.SendAsync(new QmpCommand("shorter") { Timeout = TimeSpan.FromSeconds(1) }, Token);
            Task<QmpResponse> endless = client.SendAsync(new QmpCommand("endless") { Timeout = Timeout.InfiniteTimeSpan }, Token);

            _clock.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<QmpTimeoutException>(() => shorter.Soon());
            Assert.False(usual.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(29));
            await Assert.ThrowsAsync<QmpTimeoutException>(() => usual.Soon());
            Assert.False(longer.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(30));
            await Assert.ThrowsAsync<QmpTimeoutException>(() => longer.Soon());
            _clock.Advance(TimeSpan.FromDays(30));
            Assert.False(endless.IsCompleted);
            await peer.ReplyAsync((await peer.ReadCommandsAsync(4))[3]);
            await endless.Soon();
        }
    }

    [Fact]
    public async Task Deadline_counts_anew_for_a_command_sent_later()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> first = client.SendAsync("first", Token);
            _clock.Advance(TimeSpan.FromSeconds(20));
            Task<QmpResponse> second = client.SendAsync("second", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await first.Soon();
            _clock.Advance(TimeSpan.FromSeconds(20));
            Assert.False(second.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Assert.ThrowsAsync<QmpTimeoutException>(() => second.Soon());
        }
    }

    [Fact]
    public async Task Peer_that_reads_nothing_cannot_hold_up_a_timeout_or_a_cancellation()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { TimeProvider = _clock }, window: 512);
        await using (peer)
        await using (client)
        {
            using CancellationTokenSource source = new();
            Dictionary<string, object?> large = new() { ["text"] = new string('x', 10_000) };
            Task<QmpResponse> stuck = client.SendAsync("stuck", large, Token);
            Task<QmpResponse> behind = client.SendAsync("behind", source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind.Soon());
            _clock.Advance(TimeSpan.FromSeconds(30));
            await Assert.ThrowsAsync<QmpTimeoutException>(() => stuck.Soon());
            await client.DisposeAsync().Soon();
        }
    }

    private static async Task AssertWorksAsync(ScriptedPeer peer, QmpClient client)
    {
        Task<JsonElement> next = client.ExecuteAsync("query-name", Token);
        await peer.ReplyAsync(await peer.ReadCommandAsync(), """{"name": "vm"}""");
        Assert.Equal("vm", (await next.Soon()).GetProperty("name").GetString());
    }

    private Task<(ScriptedPeer Peer, QmpClient Client)> ConnectAsync() =>
        ScriptedPeer.ConnectAsync(new QmpClientOptions { TimeProvider = _clock, Logger = _logger });

    private async Task AssertLateReplyIsDroppedAsync(ScriptedPeer peer, QmpClient client, JsonElement lateCommand)
    {
        await AssertWorksAsync(peer, client);
        await peer.ReplyAsync(lateCommand, """{"name": "wrong"}""");
        await AssertWorksAsync(peer, client);
        Assert.DoesNotContain(_logger.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.Contains(_logger.Entries, entry => entry.Text.Contains("late reply to QMP command 'query-block'", StringComparison.Ordinal));
    }
}
