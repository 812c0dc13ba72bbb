using System.Text;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>
/// What QMP's reading half does with generated frames, cut anywhere: the lines are those of the whole text, and each is a message or a
/// protocol error whose excerpt any terminal can print.
/// </summary>
public sealed class QmpReaderFuzzTests
{
    private const int FramesPerStream = 100;
    private const int MaximumLine = 2000;

    private static readonly string[] s_seeds =
    [
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}""",
        """{"return": {}, "id": 1}""",
        """{"return": [1, 2.5e3, true, null, "te\u0078t"], "id": 1}""",
        """{"id": 1, "error": {"class": "GenericError", "desc": "no"}}""",
        """{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "RESET", "data": {"guest": true, "text": "\ud83d\ude00"}}""",
        "",
    ];

    private static readonly string[] s_tokens =
    [
        @"\ud800", @"\u0000", "null", "true", "-", "1e999", "{", "}", "[", "]", "\"", ",", ":", "\"event\":", "\"error\":", "\"data\":1,", "\r", "\r\n", "\n",
        "\u001b[2J", "\u0085", "99999999999999999999", new string('[', 200), new string('x', MaximumLine),
    ];

    [Fact]
    public void Reader_takes_generated_frames_cut_anywhere()
    {
        int frames = Soak.Count(sample: 10_000, full: 1_000_000);
        Random random = Soak.Random();
        (int messages, int errors) = (0, 0);
        for (int done = 0; done < frames; done += FramesPerStream)
        {
            byte[] stream = [.. Enumerable.Range(0, FramesPerStream).SelectMany(_ => Frame(random))];
            string[] lines = Encoding.Latin1.GetString(stream).Split('\n')[..^1];
            Assert.Equal(lines.TakeWhile(line => line.Length <= MaximumLine).Select(WithoutReturn), Read(stream, random));
            foreach (string line in lines)
                _ = Parses(Encoding.Latin1.GetBytes(line)) ? messages++ : errors++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{frames} frames: {messages} messages, {errors} errors");
        Assert.True(messages > frames / 20);
        Assert.True(errors > frames / 20);
    }

    /// <summary>The lines that the buffer hands out until one is too long.</summary>
    private static List<string> Read(byte[] stream, Random random)
    {
        using var buffer = new LineBuffer(MaximumLine);
        var lines = new List<string>();
        try
        {
            foreach (ReadOnlyMemory<byte> chunk in Chunks.Cut(stream, random))
            {
                for (int taken = 0; taken < chunk.Length;)
                {
                    Memory<byte> space = buffer.GetFreeSpace();
                    int count = Math.Min(space.Length, chunk.Length - taken);
                    chunk.Slice(taken, count).CopyTo(space);
                    buffer.Commit(count);
                    taken += count;
                    while (buffer.TryTakeLine(out ReadOnlySpan<byte> line))
                        lines.Add(Encoding.Latin1.GetString(line));
                }
            }
        }
        catch (QmpProtocolException)
        {
            // Too long a line: nothing that comes after it counts.
        }

        return lines;
    }

    private static bool Parses(byte[] line)
    {
        if (QmpMessage.IsBlank(line))
            return true;
        try
        {
            QmpMessage message = QmpMessage.Parse(line);
            if (message.Kind == QmpMessageKind.Event)
                Assert.NotNull(new QmpEvent(message, default).ToString());
            else if (message.Kind == QmpMessageKind.Reply)
                Assert.NotNull(new QmpResponse(message).ToString());
            return true;
        }
        catch (QmpProtocolException error)
        {
            Assert.DoesNotContain(error.Message, static character => character is < ' ' or > '~');
            return false;
        }
    }

    private static byte[] Frame(Random random)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(s_seeds[random.Next(s_seeds.Length)])];
        for (int mutations = random.Next(4); mutations > 0; mutations--)
        {
            int at = random.Next(bytes.Count + 1);
            if (at == bytes.Count || random.Next(4) == 0)
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_tokens[random.Next(s_tokens.Length)]));
            else if (random.Next(3) == 0)
                bytes.RemoveRange(at, random.Next(bytes.Count - at) + 1);
            else
                bytes[at] = (byte)random.Next(256);
        }

        return [.. bytes, .. "\r\n"u8];
    }

    private static string WithoutReturn(string line) => line.EndsWith('\r') ? line[..^1] : line;
}
