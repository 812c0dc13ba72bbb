using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Evidence;

public sealed class EvidenceTextTests
{
    [Fact]
    public void Tail_keeps_the_last_lines_and_says_how_many_are_missing() =>
        Assert.Equal(["[… 2 lines before this]", "three", "four"], EvidenceText.Tail("one\ntwo\nthree\nfour\n", 2));

    [Fact]
    public void Tail_cuts_endless_lines() =>
        Assert.Equal(["abc […]"], EvidenceText.Tail("abcdef", 10, maximumLineLength: 3));

    [Fact]
    public void Tail_of_nothing_is_nothing() => Assert.Empty(EvidenceText.Tail("\n\n", 10));

    [Fact]
    public void Cap_keeps_the_end_and_cuts_no_character()
    {
        string text = string.Concat(Enumerable.Repeat("ä", 100)) + "end";

        string capped = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(EvidenceText.Cap(text, 20, "[note]"));

        Assert.StartsWith("[note]ä", capped, StringComparison.Ordinal);
        Assert.EndsWith("ääend", capped, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(capped), 1, 20);
    }
}
