using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>A gigabyte of console output (a sample of it by default) is searched in memory that does not grow with it, lines or none.</summary>
public sealed class LongStreamTests
{
    private const int ChunkSize = 64 * 1024;

    /// <summary>Buffers, and what a test framework allocates on this thread meanwhile: far less than the stream.</summary>
    private const long Bound = 8 * 1024 * 1024;

    public static TheoryData<string> Texts { get; } =
    [
        "[    0.123456] a line of kernel messages, neither short nor long, as they go by in a boot\r\n",
        "no line end at all ",
        "\0\0\0\0\u001b[1;31m\u001b[0m",
        "\u001b]0;a title that never ends ",
        "Kernel panic - not synced; BUG ; #x \r",
    ];

    private static int Chunks => Soak.Count(sample: 1024, full: 16 * 1024);

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_and_expression_are_found_behind_it(string text)
    {
        ConsolePattern[] patterns = ["GUEST READY", new System.Text.RegularExpressions.Regex("GUEST (FAILED|BROKEN)")];
        foreach (ConsolePattern pattern in patterns)
        {
            byte[] chunk = Fill(text);
            var scanner = new ConsoleScanner([pattern]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long offset = 0;
            for (int i = 0; i < Chunks; i++, offset += ChunkSize)
                Assert.Null(scanner.Feed(chunk, offset));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            ConsoleMatch? match = scanner.Feed("\u0007\r\nGUEST READY, GUEST FAILED\r\n"u8, offset);
            Assert.NotNull(match);
            Assert.True(allocated < Bound, $"{allocated} bytes for {offset} of output");
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Panic_is_found_behind_it(string text)
    {
        byte[] chunk = Fill(text);
        var scanner = new PanicScanner(PanicRules.Default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long offset = 0;
        for (int i = 0; i < Chunks; i++, offset += ChunkSize)
            Assert.Null(scanner.Feed(chunk, offset));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("Kernel panic - not syncing: at last", scanner.Feed("\u0007\r\nKernel panic - not syncing: at last\r\n"u8, offset)?.Title);
        Assert.True(allocated < Bound, $"{allocated} bytes for {offset} of output");
    }

    private static byte[] Fill(string text)
    {
        byte[] pattern = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] chunk = new byte[ChunkSize];
        for (int i = 0; i < chunk.Length; i++)
            chunk[i] = pattern[i % pattern.Length];
        return chunk;
    }
}
