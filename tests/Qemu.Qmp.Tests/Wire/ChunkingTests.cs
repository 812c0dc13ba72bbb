using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class ChunkingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conversation_is_understood_however_it_is_split_in_two()
    {
        for (int split = 1; split < RecordedConversation.Bytes.Length; split++)
            await RunAsync([split, int.MaxValue]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    public Task Conversation_is_understood_in_chunks_of(int size) => RunAsync(Enumerable.Repeat(size, int.MaxValue));

    [Fact]
    public async Task Conversation_is_understood_in_random_chunks()
    {
        Random random = new(20261121);
        for (int round = 0; round < 200; round++)
            await RunAsync(Enumerable.Repeat(0, int.MaxValue).Select(_ => random.Next(1, 200)));
    }

    [Fact]
    public async Task Connection_cut_at_any_byte_is_a_disconnect_that_names_the_partial_line()
    {
        for (int cut = 0; cut < RecordedConversation.Bytes.Length; cut++)
        {
            (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
            await using (peer)
            {
                ReadOnlyMemory<byte> sent = RecordedConversation.Bytes.AsMemory(0, cut);
                int partial = cut - (sent.Span.LastIndexOf((byte)'\n') + 1);
                Task<QmpClient> connecting = QmpClient.ConnectAsync(stream, null, Token);
                await peer.SendRawAsync(sent);
                QmpDisconnectedException end;
                if (cut < RecordedConversation.HandshakeLength)
                {
                    await peer.CloseAsync();
                    end = await Assert.ThrowsAsync<QmpDisconnectedException>(() => connecting.Soon());
                }
                else
                {
                    // The replies are there before the commands, and so belong to nobody; the session goes on all the same.
                    await using QmpClient client = await connecting.Soon();
                    await peer.CloseAsync();
                    end = await client.Disconnected.Soon();
                }

                Assert.Equal(QmpDisconnectReason.PeerClosed, end.Reason);
                Assert.Equal(partial > 0, end.Description.Contains("in the middle of a line", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Large_reply_arrives_whole_and_small_ones_after_it()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            foreach (int size in new[] { 100, 16_000, 17_000, 3_000_000, 10, 40_000 })
            {
                Task<QmpResponse> sending = client.SendAsync("c", Token);
                await peer.ReplyAsync(await peer.ReadCommandAsync(), $"\"{new string('x', size)}\"");
                Assert.Equal(size, (await sending.Soon()).Return.GetString()!.Length);
            }
        }
    }

    private static async Task RunAsync(IEnumerable<int> sizes)
    {
        using IEnumerator<int> size = sizes.GetEnumerator();
        (ScriptedPeer peer, Stream stream) = ScriptedPeer.Create();
        await using (peer)
        {
            TrackedStream chopped = new(stream) { ReadLimit = () => size.MoveNext() ? size.Current : int.MaxValue };
            QmpEventHub hub = new();
            using QmpEventQueue queue = hub.Subscribe();
            Task<QmpClient> connecting = QmpClient.ConnectAsync(chopped, new QmpClientOptions { Events = hub }, Token);
            await peer.SendRawAsync(RecordedConversation.Bytes.AsMemory(0, RecordedConversation.HandshakeLength));
            await using QmpClient client = await connecting.Soon();
            Task running = RecordedConversation.AssertRunsAsync(client, queue);
            await peer.ReadCommandsAsync(1 + RecordedConversation.Commands.Length);
            await peer.SendRawAsync(RecordedConversation.Bytes.AsMemory(RecordedConversation.HandshakeLength));
            await running;
        }
    }
}
