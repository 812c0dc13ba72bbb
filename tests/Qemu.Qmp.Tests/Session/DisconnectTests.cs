using System.Net.Sockets;
using System.Text;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class DisconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_cause_reaches_pending_commands_event_waits_and_later_calls()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            Task<QmpResponse>[] pending = [.. Enumerable.Range(0, 8).Select(i => client.SendAsync($"c{i}", Token))];
            Task<QmpEvent> wait = queue.WaitAsync("SHUTDOWN", Timeout.InfiniteTimeSpan, Token);
            await peer.CloseAsync();
            for (int i = 0; i < pending.Length; i++)
            {
                QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => pending[i].Soon());
                Assert.Equal((QmpDisconnectReason.PeerClosed, $"the reply to 'c{i}'"), (error.Reason, error.Awaited));
                Assert.Null(error.Cause);
                Assert.False(error.IsExpected);
            }

            await Assert.ThrowsAsync<QmpDisconnectedException>(() => wait.Soon());
            client.Abort(new InvalidTimeZoneException());
            QmpDisconnectedException later = await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendAsync("later", Token).Soon());
            Assert.Equal(QmpDisconnectReason.PeerClosed, later.Reason);
            Assert.Equal(QmpDisconnectReason.PeerClosed, (await client.Disconnected.Soon()).Reason);
            await client.DisposeAsync();
            Assert.Equal(QmpDisconnectReason.PeerClosed, (await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendAsync("later", Token).Soon())).Reason);
        }
    }

    [Fact]
    public async Task Half_a_line_at_the_end_is_named()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            await peer.SendRawAsync("""{"event": "SHUT"""u8.ToArray());
            await peer.CloseAsync();
            QmpDisconnectedException end = await client.Disconnected.Soon();
            Assert.Equal(QmpDisconnectReason.PeerClosed, end.Reason);
            Assert.Contains("""{"event": "SHUT""", end.Description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("""{"id": 1}""")]
    [InlineData("""{"event": 5}""")]
    [InlineData("""{"event": "A", "data": 5}""")]
    [InlineData("""{"event": "\ud800"}""")]
    [InlineData("""{"error": {"class": "\ud800", "desc": "x"}, "id": 1}""")]
    [InlineData("""{"error": {"class": "x", "desc": "\udc00"}, "id": 1}""")]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("""{"return": {"a": "\\\ud83d"}, "id": 1}""")]
    [InlineData("""{"error": "x", "id": 1}""")]
    [InlineData("""{"error": {"class": 5, "desc": "x"}, "id": 1}""")]
    [InlineData("""{"return": {}, "error": 5, "id": 1}""")]
    [InlineData("""{"return": {}, "id": 1} {"return": {}, "id": 2}""")]
    [InlineData("""{"return": {}, "id": 1""")]
    [InlineData(ScriptedPeer.Greeting)]
    public async Task Garbage_ends_the_session_with_what_was_received(string line)
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> pending = client.SendAsync("c", Token);
            await peer.ReadCommandAsync();
            await peer.SendAsync(line);
            QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => pending.Soon());
            Assert.Equal(QmpDisconnectReason.ProtocolViolation, error.Reason);
            Assert.Contains(line[..Math.Min(5, line.Length)], Assert.IsType<QmpProtocolException>(error.Cause).Received.Replace(@"\\", @"\", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Line_over_the_limit_ends_the_session(bool withLineEnd)
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { MaximumLineLength = 1000 });
        await using (peer)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            await peer.SendRawAsync(Encoding.ASCII.GetBytes(Padded("FITS", 1000) + "\n"));
            await queue.WaitAsync("FITS", Timeout.InfiniteTimeSpan, Token).Soon();
            await peer.SendRawAsync(Encoding.ASCII.GetBytes(Padded("LONG", 1001) + (withLineEnd ? "\n" : "")));
            QmpDisconnectedException end = await client.Disconnected.Soon();
            Assert.Contains("longer than 1000 bytes", Assert.IsType<QmpProtocolException>(end.Cause).Message, StringComparison.Ordinal);
        }

        static string Padded(string name, int length) => $$"""{"event": "{{name}}"}""".PadRight(length);
    }

    [Fact]
    public async Task End_after_quit_is_expected()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> quit = client.SendAsync("quit", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await quit.Soon();
            await peer.CloseAsync();
            QmpDisconnectedException end = await client.Disconnected.Soon();
            Assert.True(end.QuitSent);
            Assert.True(end.IsExpected);
        }
    }

    [Theory]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.Shutdown)]
    public async Task Reset_or_broken_pipe_after_quit_is_expected(SocketError socketError)
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream tracked = new(stream);
            await using QmpClient client = await peer.AcceptAsync(tracked);
            tracked.ReadError = new IOException("reset", new SocketException((int)socketError));
            Task<QmpResponse> quit = client.SendAsync("quit", Token);
            await peer.SendEventAsync("SHUTDOWN");
            QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => quit.Soon());
            Assert.True(error.IsExpected);
            Assert.Same(tracked.ReadError, error.Cause);
        }
    }

    [Fact]
    public async Task Other_read_failure_is_a_failed_transport()
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream tracked = new(stream);
            await using QmpClient client = await peer.AcceptAsync(tracked);
            tracked.ReadError = new IOException("no buffers");
            _ = client.SendAsync("quit", Token);
            await peer.SendEventAsync("ANY");
            QmpDisconnectedException end = await client.Disconnected.Soon();
            Assert.Equal(QmpDisconnectReason.TransportFailed, end.Reason);
            Assert.True(end.QuitSent);
            Assert.False(end.IsExpected);
            Assert.Contains("no buffers", end.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_peer_wrote_before_it_went_is_read_after_a_failed_write()
    {
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream tracked = new(stream);
            await using QmpClient client = await peer.AcceptAsync(tracked);
            using QmpEventQueue queue = client.Events.Subscribe();
            Task<QmpResponse> answered = client.SendAsync("answered", Token);
            tracked.WriteError = new IOException("Broken pipe", new SocketException((int)SocketError.Shutdown));
            Task<QmpResponse> unsent = client.SendAsync("unsent", Token);
            await peer.SendEventAsync("SHUTDOWN");
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await answered.Soon();
            await peer.CloseAsync();
            QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => unsent.Soon());
            Assert.Same(tracked.WriteError, error.Cause);
            Assert.True(queue.TryTake(out _));
        }
    }

    [Fact]
    public async Task Failed_write_ends_the_session_even_when_the_peer_stays()
    {
        ManualTimeProvider clock = new();
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream tracked = new(stream);
            await using QmpClient client = await peer.AcceptAsync(tracked, new QmpClientOptions { TimeProvider = clock });
            tracked.WriteError = new IOException("no space");
            Task<QmpResponse> unsent = client.SendAsync("unsent", Token);
            Assert.False(unsent.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Same(tracked.WriteError, (await Assert.ThrowsAsync<QmpDisconnectedException>(() => unsent.Soon())).Cause);
        }
    }

    [Fact]
    public async Task Abort_gives_its_cause_to_everyone_and_the_first_wins()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            InvalidTimeZoneException exited = new("QEMU exited with signal 9.");
            Task<QmpResponse> pending = client.SendAsync("c", Token);
            client.Abort(exited);
            client.Abort(new InvalidTimeZoneException("second"));
            QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => pending.Soon());
            Assert.Equal(QmpDisconnectReason.Aborted, error.Reason);
            Assert.Same(exited, error.Cause);
            Assert.Equal("The QMP session ended before the reply to 'c' came: QEMU exited with signal 9.", error.Message);
        }
    }

    [Fact]
    public async Task Abort_with_a_drain_reads_what_the_peer_had_sent()
    {
        ManualTimeProvider clock = new();
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { TimeProvider = clock });
        await using (peer)
        await using (client)
        {
            InvalidTimeZoneException exited = new("exited");
            using QmpEventQueue queue = client.Events.Subscribe();
            client.Abort(exited, TimeSpan.FromSeconds(5));
            await peer.SendEventAsync("SHUTDOWN");
            await peer.CloseAsync();
            Assert.Same(exited, (await client.Disconnected.Soon()).Cause);
            Assert.True(queue.TryTake(out _));
        }
    }

    [Fact]
    public async Task Abort_with_a_drain_ends_when_the_drain_is_over()
    {
        ManualTimeProvider clock = new();
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { TimeProvider = clock });
        await using (peer)
        await using (client)
        {
            client.Abort(new InvalidTimeZoneException(), TimeSpan.FromSeconds(5));
            clock.Advance(TimeSpan.FromSeconds(4));
            Assert.False(client.Disconnected.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(QmpDisconnectReason.Aborted, (await client.Disconnected.Soon()).Reason);
        }
    }

    [Fact]
    public async Task Dispose_ends_everything_and_closes_the_connection()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        {
            Task<QmpResponse> pending = client.SendAsync("c", Token);
            await Task.WhenAll(client.DisposeAsync().AsTask(), client.DisposeAsync().AsTask()).Soon();
            Assert.Equal(QmpDisconnectReason.Closed, (await Assert.ThrowsAsync<QmpDisconnectedException>(() => pending.Soon())).Reason);
            Assert.Equal(QmpDisconnectReason.Closed, (await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendAsync("c", Token).Soon())).Reason);
            await peer.WaitForEndAsync();
        }
    }

    [Fact]
    public async Task Session_that_ends_and_is_used_and_disposed_at_once_never_hangs()
    {
        for (int round = 0; round < 200; round++)
        {
            (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
            await using (peer)
            {
                Task[] racers =
                [
                    Task.Run(() => client.Abort(new InvalidTimeZoneException()), Token),
                    Task.Run(() => peer.CloseAsync().AsTask(), Token),
                    Task.Run(() => client.DisposeAsync().AsTask(), Token),
                    Task.Run(() => Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendAsync("c", Token)), Token),
                ];
                await Task.WhenAll(racers).Soon();
                Assert.True(client.Disconnected.IsCompletedSuccessfully);
            }
        }
    }
}
