using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class ObserverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Observer_sees_every_line_of_both_directions_in_order()
    {
        Recorder recorder = new();
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { Observer = recorder });
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> stop = client.SendAsync("stop", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await stop.Soon();
            Assert.Equal(
                [
                    "< " + ScriptedPeer.Greeting,
                    """> {"execute":"qmp_capabilities","id":0}""",
                    """< {"return": {}, "id": 0}""",
                    """> {"execute":"stop","id":1}""",
                    """< {"return": {}, "id": 1}""",
                ],
                recorder.Lines);
        }
    }

    [Fact]
    public async Task Session_does_not_keep_the_async_locals_of_whoever_connected()
    {
        AsyncLocal<string> scope = new() { Value = "this test" };
        TaskCompletionSource<string?> seen = new();
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { Observer = new ScopeReader(scope, seen) });
        await using (peer)
        await using (client)
        {
            await peer.SendEventAsync("STOP");
            Assert.Null(await seen.Task.Soon());
        }
    }

    [Fact]
    public async Task Observer_that_throws_is_logged_and_harms_nothing()
    {
        RecordingLogger logger = new();
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { Observer = new Thrower(), Logger = logger });
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> stop = client.SendAsync("stop", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await stop.Soon();
            Assert.Equal(5, logger.Entries.Count(entry => entry.Level == LogLevel.Error));
        }
    }

    private sealed class Recorder : IQmpObserver
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Sent(ReadOnlySpan<byte> line) => Lines.Enqueue("> " + Encoding.UTF8.GetString(line));

        public void Received(ReadOnlySpan<byte> line) => Lines.Enqueue("< " + Encoding.UTF8.GetString(line));
    }

    private sealed class ScopeReader(AsyncLocal<string> scope, TaskCompletionSource<string?> seen) : IQmpObserver
    {
        public void Sent(ReadOnlySpan<byte> line)
        {
        }

        public void Received(ReadOnlySpan<byte> line)
        {
            if (line.IndexOf("STOP"u8) >= 0)
                seen.TrySetResult(scope.Value);
        }
    }

    private sealed class Thrower : IQmpObserver
    {
        public void Sent(ReadOnlySpan<byte> line) => throw new InvalidTimeZoneException();

        public void Received(ReadOnlySpan<byte> line) => throw new InvalidTimeZoneException();
    }
}
