using FsCheck;
using FsCheck.Fluent;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Waiting for text gives the same match however the console's bytes came in.</summary>
public sealed class ConsoleScannerFuzzTests
{
    private static readonly ConsolePattern[] s_patterns =
    [
        "ab", "login: ", "\n", "a\nb", "€", "😀", "\ufffd",
        new System.Text.RegularExpressions.Regex("a[ab]b"), new System.Text.RegularExpressions.Regex("^b", System.Text.RegularExpressions.RegexOptions.Multiline),
    ];

    [Fact]
    public void Match_does_not_depend_on_where_the_bytes_were_cut() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Soak.Count(sample: 5_000, full: 1_000_000)).WithEndSize(80),
        Prop.ForAll(ConsoleBytes.Arbitrary, Arb.From(Gen.Choose(0, int.MaxValue)), static (bytes, seed) =>
        {
            var random = new Random(seed);
            ConsolePattern pattern = s_patterns[random.Next(s_patterns.Length)];
            ConsoleMatch? whole = new ConsoleScanner([pattern]).Feed(bytes, 0);
            ConsoleMatch? cut = FeedInChunks(pattern, bytes, random);
            return (whole?.Text, whole?.End) == (cut?.Text, cut?.End);
        }));

    /// <summary>Far more than the scanner keeps, with and without line ends; the match reaches back over the last one.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    public void Match_across_any_cut_is_found_after_much_text(string lineEnd)
    {
        Random random = Soak.Random();
        string pattern = (lineEnd.Length > 0 ? "t\n" : "") + "the end of it";
        for (int i = 0; i < Soak.Count(sample: 20, full: 2000); i++)
        {
            byte[] bytes = System.Text.Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Repeat(new string('t', random.Next(1, 300)) + lineEnd, random.Next(1, 1000))) + "the end of it!");

            ConsoleMatch? match = FeedInChunks(pattern, bytes, random);

            Assert.Equal(bytes.Length - 1, match?.End.Offset);
        }
    }

    private static ConsoleMatch? FeedInChunks(ConsolePattern pattern, byte[] bytes, Random random)
    {
        var scanner = new ConsoleScanner([pattern]);
        long offset = 0;
        foreach (ReadOnlyMemory<byte> chunk in Chunks.Cut(bytes, random))
        {
            if (scanner.Feed(chunk.Span, offset) is { } match)
                return match;
            offset += chunk.Length;
        }

        return null;
    }
}
