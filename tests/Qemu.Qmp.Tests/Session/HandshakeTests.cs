using System.Text.Json;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Greeting_is_taken_apart()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Assert.Equal(new Version(7, 2, 22), client.Greeting.Version);
            Assert.Equal("Debian 1:7.2", client.Greeting.Package);
            Assert.Equal(["oob"], client.Greeting.Capabilities);
        }
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, """{"enable":["oob"]}""")]
    public async Task Out_of_band_is_enabled_only_when_asked(bool enable, string? arguments)
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            Task<QmpClient> connecting = QmpClient.ConnectAsync(stream, new QmpClientOptions { EnableOutOfBand = enable }, Token);
            await peer.SendAsync(ScriptedPeer.Greeting);
            JsonElement command = await peer.ReadCommandAsync();
            Assert.Equal("qmp_capabilities", command.GetProperty("execute").GetString());
            Assert.Equal(arguments, command.TryGetProperty("arguments", out JsonElement given) ? given.GetRawText() : null);
            Assert.False(connecting.IsCompleted);
            await peer.ReplyAsync(command);
            await using QmpClient client = await connecting.Soon();
        }
    }

    [Fact]
    public async Task Events_right_behind_the_reply_are_not_lost()
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            QmpEventHub hub = new();
            using QmpEventQueue queue = hub.Subscribe();
            Task<QmpClient> connecting = QmpClient.ConnectAsync(stream, new QmpClientOptions { Events = hub }, Token);
            await peer.SendAsync(ScriptedPeer.Greeting);
            await peer.ReadCommandAsync();
            await peer.SendAsync("""{"event": "BEFORE"}""" + "\r\n" + """{"return": {}, "id": 0}""" + "\r\n" + """{"event": "AFTER"}""");
            await using QmpClient client = await connecting.Soon();
            Assert.Equal("BEFORE", (await queue.ReadAsync(Timeout.InfiniteTimeSpan, Token).Soon()).Name);
            Assert.Equal("AFTER", (await queue.ReadAsync(Timeout.InfiniteTimeSpan, Token).Soon()).Name);
        }
    }

    [Fact]
    public async Task Stream_that_ends_when_it_is_disposed_of_does_not_hide_the_time_out()
    {
        var options = new QmpClientOptions { NegotiationTimeout = TimeSpan.FromMilliseconds(20) };

        await Assert.ThrowsAsync<QmpTimeoutException>(() => QmpClient.ConnectAsync(new EndingStream(), options, Token).Soon());
    }

    [Fact]
    public async Task Stream_that_ends_when_it_is_disposed_of_does_not_hide_the_cancellation()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QmpClient.ConnectAsync(new EndingStream(), cancellationToken: cancellation.Token).Soon());
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"return": {}}""")]
    [InlineData("""{"QMP": {}}""")]
    [InlineData("""{"QMP": 1}""")]
    [InlineData("""{"QMP": {"version": {"qemu": {"micro": "x", "minor": 2, "major": 7}}, "capabilities": []}}""")]
    [InlineData("""{"QMP": {"version": {"qemu": {"micro": -1, "minor": 2, "major": 7}}, "capabilities": []}}""")]
    [InlineData("""{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}, "capabilities": 1}}""")]
    [InlineData("""{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}, "capabilities": [1]}}""")]
    public async Task Something_else_than_a_greeting_is_a_protocol_error_that_shows_it(string line)
    {
        QmpProtocolException error = await Assert.ThrowsAsync<QmpProtocolException>(() => FailAsync(peer => peer.SendAsync(line)));
        Assert.Contains(line[..1], error.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protocol_error_escapes_and_bounds_what_it_shows()
    {
        QmpProtocolException error = await Assert.ThrowsAsync<QmpProtocolException>(() => FailAsync(peer => peer.SendRawAsync("\x1b[31m\0\\ \u00e9"u8.ToArray().Concat(new byte[5000]).Append((byte)'\n').ToArray())));
        Assert.StartsWith(@"""\x1b[31m\x00\\ \xc3\xa9", error.Received, StringComparison.Ordinal);
        Assert.EndsWith("(5010 bytes in all)", error.Received, StringComparison.Ordinal);
        Assert.True(error.Received.Length < 1200);
    }

    [Fact]
    public async Task End_of_stream_before_the_greeting_is_a_disconnect_that_names_it()
    {
        QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => FailAsync(peer => peer.CloseAsync().AsTask()));
        Assert.Equal((QmpDisconnectReason.PeerClosed, "the greeting"), (error.Reason, error.Awaited));
    }

    [Fact]
    public async Task End_of_stream_after_the_greeting_names_the_reply_and_the_partial_data()
    {
        QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => FailAsync(async peer =>
        {
            await peer.SendAsync(ScriptedPeer.Greeting);
            await peer.ReadCommandAsync();
            await peer.SendRawAsync("{\"retu"u8.ToArray());
            await peer.CloseAsync();
        }));
        Assert.Equal("the reply to 'qmp_capabilities'", error.Awaited);
        Assert.Contains("{\"retu", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_capabilities_are_a_refused_command()
    {
        QmpCommandException error = await Assert.ThrowsAsync<QmpCommandException>(() => FailAsync(async peer =>
        {
            await peer.SendAsync(ScriptedPeer.Greeting);
            await peer.RefuseAsync(await peer.ReadCommandAsync(), "GenericError", "Capability oob unavailable");
        }));
        Assert.Equal("qmp_capabilities", error.Command);
    }

    [Fact]
    public async Task Second_greeting_is_a_protocol_error() =>
        await Assert.ThrowsAsync<QmpProtocolException>(() => FailAsync(async peer =>
        {
            await peer.SendAsync(ScriptedPeer.Greeting);
            await peer.SendAsync(ScriptedPeer.Greeting);
        }));

    [Theory]
    [InlineData(false, "the greeting")]
    [InlineData(true, "the reply to 'qmp_capabilities'")]
    public async Task Silence_is_a_timeout_that_says_what_was_awaited(bool greet, string awaited)
    {
        ManualTimeProvider clock = new();
        QmpTimeoutException error = await Assert.ThrowsAsync<QmpTimeoutException>(() => FailAsync(
            async peer =>
            {
                if (greet)
                {
                    await peer.SendAsync(ScriptedPeer.Greeting);
                    await peer.ReadCommandAsync();
                }

                clock.Advance(TimeSpan.FromSeconds(30));
            },
            new QmpClientOptions { TimeProvider = clock }));
        Assert.Equal((awaited, TimeSpan.FromSeconds(30)), (error.What, error.Timeout));
        Assert.Equal(greet, error.LastSeen?.Contains("QMP", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Cancellation_has_the_callers_token()
    {
        using CancellationTokenSource source = new();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FailAsync(_ => source.CancelAsync(), null, source));
        Assert.Equal(source.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Hub_hears_of_a_failed_handshake()
    {
        QmpEventHub hub = new();
        using QmpEventQueue queue = hub.Subscribe();
        Task<QmpEvent> wait = queue.ReadAsync(Timeout.InfiniteTimeSpan, Token);
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => FailAsync(peer => peer.CloseAsync().AsTask(), new QmpClientOptions { Events = hub }));
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => wait.Soon());
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => QmpClient.ConnectAsync(Stream.Null, new QmpClientOptions { CommandTimeout = TimeSpan.FromSeconds(-3) }, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => QmpClient.ConnectAsync(Stream.Null, new QmpClientOptions { NegotiationTimeout = TimeSpan.FromDays(50) }, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => QmpClient.ConnectAsync(Stream.Null, new QmpClientOptions { MaximumLineLength = 0 }, Token));
    }

    // Connects, lets the script play, and checks that the stream was disposed before the failure comes out.
    private static async Task FailAsync(Func<ScriptedPeer, Task> script, QmpClientOptions? options = null, CancellationTokenSource? source = null)
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream tracked = new(stream);
            Task<QmpClient> connecting = QmpClient.ConnectAsync(tracked, options, source?.Token ?? Token);
            await script(peer);
            try
            {
                await connecting.Soon();
            }
            finally
            {
                Assert.True(tracked.IsDisposed);
            }
        }
    }

    /// <summary>Heeds no token; who reads is told of the stream's end once it is disposed of.</summary>
    private sealed class EndingStream : MemoryStream
    {
        private readonly TaskCompletionSource<int> _end = new();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await _end.Task;

        protected override void Dispose(bool disposing)
        {
            _end.TrySetResult(0);
            base.Dispose(disposing);
        }
    }
}
