using System.Text;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class FuzzTests
{
    private const int Frames = 20_000;

    private static readonly string[] Seeds =
    [
        ScriptedPeer.Greeting,
        """{"return": {}, "id": 1}""",
        """{"return": [1, 2.5e3, true, null, "text"], "id": 1}""",
        """{"id": 1, "error": {"class": "GenericError", "desc": "no"}}""",
        """{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "RESET", "data": {"guest": true}}""",
        """{"event": "X", "data": {"guest": "\ud83d\ude00", "\u0061b\ud83d\ude00": {"guest": ["\ud83d\ude00", 1]}, "guest": 5}}""",
        """{"event": "caf\u00e9 \ud83d\ude00"}""",
    ];

    private static readonly System.Text.Json.JsonElement Pattern = Json.Parse("""{"guest": true, "other": null}""");

    [Fact]
    public void Parser_gives_a_message_or_a_protocol_error_and_nothing_else()
    {
        Random random = new(7);
        int understood = 0;
        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = Mutate(random);
            try
            {
                QmpMessage message = QmpMessage.Parse(frame);
                understood++;
                if (message.Kind == QmpMessageKind.Event)
                    LookAt(new QmpEvent(message, DateTimeOffset.UnixEpoch));
                else if (message.Kind == QmpMessageKind.Reply)
                    Assert.NotNull(new QmpResponse(message).ToString());
            }
            catch (QmpProtocolException error)
            {
                Assert.All(error.Received, character => Assert.InRange(character, ' ', '~'));
            }
        }

        // Both outcomes were exercised.
        Assert.InRange(understood, Frames / 20, Frames * 19 / 20);
    }

    [Fact]
    public void Greeting_parser_gives_a_greeting_or_a_protocol_error_and_nothing_else()
    {
        Random random = new(8);
        for (int i = 0; i < Frames; i++)
        {
            try
            {
                Assert.NotNull(QmpGreeting.Parse(Mutate(random, ScriptedPeer.Greeting)));
            }
            catch (QmpProtocolException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task Session_fed_with_garbage_ends_with_a_cause_and_never_hangs()
    {
        Random random = new(9);
        for (int round = 0; round < 300; round++)
        {
            (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { MaximumLineLength = 4096 });
            await using (peer)
            await using (client)
            {
                Task<QmpResponse> pending = client.SendAsync("c", TestContext.Current.CancellationToken);
                for (int i = 0; i < 20; i++)
                    await SendUnlessClosedAsync(peer, Mutate(random));

                await peer.CloseAsync();
                QmpDisconnectedException end = await client.Disconnected.Soon();
                Assert.Contains(end.Reason, new[] { QmpDisconnectReason.PeerClosed, QmpDisconnectReason.ProtocolViolation });
                Exception? outcome = await Record.ExceptionAsync(() => pending.Soon());
                Assert.True(outcome is null or QmpDisconnectedException, outcome?.ToString());
            }
        }
    }

    // What runs on the reader loop for an event, or in a timer, must not throw whatever the event holds.
    private static void LookAt(QmpEvent qmpEvent)
    {
        Assert.NotNull(qmpEvent.ToString());
        _ = qmpEvent.Matches(Pattern);
        _ = qmpEvent.Matches(qmpEvent.Data);
    }

    private static async Task SendUnlessClosedAsync(ScriptedPeer peer, byte[] frame)
    {
        try
        {
            await peer.SendRawAsync(frame);
            await peer.SendRawAsync("\r\n"u8.ToArray());
        }
        catch (IOException)
        {
            // The client has ended the session by now.
        }
    }

    private static byte[] Mutate(Random random) => Mutate(random, Seeds[random.Next(Seeds.Length)]);

    private static byte[] Mutate(Random random, string seed)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(seed)];
        for (int mutations = random.Next(4); mutations > 0 && bytes.Count > 1; mutations--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, Encoding.ASCII.GetBytes(Tokens[random.Next(Tokens.Length)])); break;
                default: bytes[at] = (byte)"{}[]\",:\\0-9en"[random.Next(13)]; break;
            }
        }

        return [.. bytes];
    }

    private static readonly string[] Tokens = [@"\ud800", @"\udc00x", "null", "true", "-", "1e999", "{", "}", "[", "]", "\"", ",", "\"event\":", "\"error\":", "\"data\":1,", "99999999999999999999"];
}
