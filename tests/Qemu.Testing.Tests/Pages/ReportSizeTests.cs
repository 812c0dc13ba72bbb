using Qemu.Testing;

namespace Tests.Qemu.Testing.Pages;

public sealed class ReportSizeTests
{
    /// <summary>What cannot be compressed is bounded as well, and what tells of the failure is there in any case.</summary>
    [Fact]
    public void Page_stays_small_whatever_the_guest_prints()
    {
        var random = new Random(1);
        List<TimelineLine> lines = ReportSamples.Lines(0);
        for (int i = 0; i < 100_000; i++)
            lines.Add(new(20 + i, "console", "ShopVm", Convert.ToBase64String(Enumerable.Range(0, 45).Select(_ => (byte)random.Next(256)).ToArray())));

        byte[] page = PageTemplate.Fill("report", "test", ReportPage.Compress(ReportSamples.Data(), lines), []);

        Assert.InRange(page.Length, 300_000, 500_000);
    }

    [Fact]
    public void Lines_that_do_not_fit_are_named_and_the_last_are_there()
    {
        TimelineLine[] lines = [.. Enumerable.Range(0, 1000).Select(i => new TimelineLine(i, i == 500 ? "panic" : "console", "vm", $"line {i}"))];

        string[] texts = [.. new TimelineData(lines).Take(100)["x"]!.AsArray().Select(text => (string)text!)];

        Assert.Equal(102, texts.Length);
        Assert.Equal(["line 0", "line 19", "line 500"], new[] { texts[0], texts[19], texts[20] });
        Assert.StartsWith("899 lines are left out here", texts[21], StringComparison.Ordinal);
        Assert.Equal("line 920", texts[22]);
        Assert.Equal("line 999", texts[^1]);
    }

    [Fact]
    public void Few_lines_are_all_there()
    {
        TimelineLine[] lines = [.. Enumerable.Range(0, 100).Select(i => new TimelineLine(i, "console", "vm", $"line {i}"))];

        Assert.Equal(100, new TimelineData(lines).Take(100)["x"]!.AsArray().Count);
    }
}
