using System.Text;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class LineBufferTests
{
    [Fact]
    public void Lines_come_out_as_they_went_in_whatever_the_chunks()
    {
        Random random = new(3);
        using LineBuffer buffer = new(maximumLineLength: 1 << 20);
        for (int round = 0; round < 50; round++)
        {
            string[] lines = [.. Enumerable.Range(0, random.Next(1, 40)).Select(i => new string((char)('a' + i % 26), random.Next(random.Next(10) == 0 ? 60_000 : 100)))];
            byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + (random.Next(2) == 0 ? "\r\n" : "\n"))));
            List<string> taken = [];
            for (int offset = 0; offset < bytes.Length;)
            {
                Memory<byte> free = buffer.GetFreeSpace();
                int count = Math.Min(Math.Min(free.Length, random.Next(1, 5000)), bytes.Length - offset);
                bytes.AsMemory(offset, count).CopyTo(free);
                buffer.Commit(count);
                offset += count;
                while (buffer.TryTakeLine(out ReadOnlySpan<byte> line))
                    taken.Add(Encoding.ASCII.GetString(line));
            }

            Assert.Equal(lines, taken);
            Assert.True(buffer.Partial.IsEmpty);
        }
    }

    [Fact]
    public void There_is_always_room_to_read_into()
    {
        using LineBuffer buffer = new(maximumLineLength: 1 << 20);
        for (int i = 0; i < 1000; i++)
        {
            Memory<byte> free = buffer.GetFreeSpace();
            Assert.False(free.IsEmpty);
            free.Span.Fill((byte)'x');
            buffer.Commit(Math.Min(free.Length, 997));
            Assert.False(buffer.TryTakeLine(out _));
        }
    }
}
