using System.Text;
using System.Text.Json;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>A guest agent that answers anything at all: each exchange ends with a reply or an error of this project's own, and a sane answer after that is found again.</summary>
public sealed class AgentFuzzTests
{
    private static readonly string[] s_answers =
    [
        "{\"return\": {}}", "{\"return\": {\"count\": 3, \"buf-b64\": \"AAAA\"}}", "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}", "{}", "[]", "null", "7", "\"text\"",
        "{\"return\": 1", "}", "", "{\"error\": 7}", "{\"error\": {}}", "\u0000", "{\"return\": 99999999999999999999}", "{\"return\": \"\\ud800\"}", "{\"return\": {\"\\udc00\": [\"\\ud83d\\ude00\"]}}", new string('[', 2000), new string('x', 200_000),
    ];

    [Fact]
    public async Task Exchange_with_an_agent_that_answers_anything_ends_with_a_reply_or_a_proper_error()
    {
        int exchanges = Soak.Count(sample: 2_000, full: 200_000);
        Random random = Soak.Random();
        (int replies, int errors) = (0, 0);
        for (int i = 0; i < exchanges; i++)
        {
            await using var agent = new MadAgent(random);
            var session = new AgentSession(agent, TimeProvider.System);
            try
            {
                using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(1));
                for (int command = 0; command < 3; command++)
                    Read((await session.ExchangeAsync(new QmpCommand("guest-info"), guard.Token)).Raw);
                replies++;
            }
            catch (Exception error) when (error is QmpProtocolException or EndOfStreamException)
            {
                Assert.DoesNotContain(error.Message, static character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'));
                errors++;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{exchanges} sessions: {replies} went through, {errors} did not");
        Assert.True(replies > exchanges / 50);
        Assert.True(errors > exchanges / 50);
    }

    /// <summary>What came through can be read to the last text.</summary>
    private static void Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            Assert.NotNull(element.GetString());
        else if (element.ValueKind == JsonValueKind.Array)
            Assert.All(element.EnumerateArray(), Read);
        else if (element.ValueKind == JsonValueKind.Object)
            Assert.All(element.EnumerateObject(), static member => Read(member.Value));
    }

    /// <summary>Answers a synchronisation, now and then after noise, and anything else with anything; cut anywhere, and then it is gone.</summary>
    private sealed class MadAgent(Random random) : Stream
    {
        private readonly Queue<byte> _answer = new();
        private bool _gone;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            string command = Encoding.Latin1.GetString(buffer.Span);
            int id = command.IndexOf("\"id\":", StringComparison.Ordinal);
            if (id >= 0)
            {
                if (random.Next(4) == 0)
                    Say(Noise());
                Say([0xFF, .. Encoding.ASCII.GetBytes($"{{\"return\": {command[(id + 5)..].Split('}')[0]}}}\n")]);
            }
            else if (random.Next(20) == 0)
            {
                _gone = true;
            }
            else
            {
                byte[] answer = random.Next(2) == 0 ? Encoding.UTF8.GetBytes(s_answers[random.Next(2)]) : Noise();
                Say([.. answer.Where(static value => value != (byte)'\n'), (byte)'\n']);
            }

            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(buffer.Length, random.Next(3) == 0 ? 1 : random.Next(1, 70_000));
            int read = 0;
            while (read < count && _answer.TryDequeue(out byte value))
                buffer.Span[read++] = value;
            Assert.True(read > 0 || _gone, "The session waits for more than a reply.");
            return ValueTask.FromResult(read);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private byte[] Noise()
        {
            byte[] noise = Encoding.UTF8.GetBytes(s_answers[random.Next(s_answers.Length)]);
            for (int mutations = noise.Length == 0 ? 0 : random.Next(3); mutations > 0; mutations--)
                noise[random.Next(noise.Length)] = (byte)random.Next(0, 0xFF);
            return noise;
        }

        private void Say(byte[] bytes)
        {
            foreach (byte value in bytes)
                _answer.Enqueue(value);
        }
    }
}
