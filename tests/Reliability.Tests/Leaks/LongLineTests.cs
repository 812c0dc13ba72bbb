using System.Runtime.CompilerServices;
using System.Text;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>What had to be held once for something big is given back.</summary>
public sealed class LongLineTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public void Long_line_of_qmp_costs_no_memory_for_ever()
    {
        ReadLine(Megabyte);
        long before = Used();

        ReadLine(40 * Megabyte);

        Assert.InRange(Used() - before, long.MinValue, 4 * Megabyte);
    }

    [Fact]
    public void Long_console_text_costs_no_memory_for_ever()
    {
        Assert.Equal(100, CleanLength(100));
        long before = Used();

        Assert.Equal(40 * Megabyte, CleanLength(40 * Megabyte));

        Assert.InRange(Used() - before, long.MinValue, 4 * Megabyte);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CleanLength(int length) => TerminalText.Clean(Encoding.ASCII.GetBytes(new string('x', length))).Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadLine(int length)
    {
        using var buffer = new LineBuffer(64 * Megabyte);
        int written = 0;
        while (written < length)
        {
            Span<byte> space = buffer.GetFreeSpace().Span;
            int count = Math.Min(space.Length, length - written);
            space[..count].Fill((byte)'x');
            buffer.Commit(count);
            written += count;
            Assert.False(buffer.TryTakeLine(out _));
        }

        buffer.GetFreeSpace().Span[0] = (byte)'\n';
        buffer.Commit(1);
        Assert.True(buffer.TryTakeLine(out ReadOnlySpan<byte> line));
        Assert.Equal(length, line.Length);
    }

    // Two collections: a pool lets go of what it can do without at the second.
    private static long Used()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
