using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class TimelineFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu-timeline-");

    private string Target => Path.Combine(_directory.FullName, "timeline.jsonl");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(5)]
    [InlineData(25)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(1000)]
    public void File_keeps_its_beginning_and_its_end_and_counts_the_rest(int count)
    {
        using var file = new TimelineFile(Target, headLimit: 100, tailLimit: 100);
        for (int i = 0; i < count; i++)
            file.Write(Encoding.UTF8.GetBytes($"line {i:0000}\n"));
        long leftOut = 0;
        file.Complete(lines => Encoding.UTF8.GetBytes($"gap {leftOut = lines}\n"));

        string[] lines = File.ReadAllLines(Target);
        Assert.Equal("line 0000", lines[0]);
        Assert.Equal($"line {count - 1:0000}", lines[^1]);
        Assert.Equal(count, lines.Count(line => line.StartsWith("line", StringComparison.Ordinal)) + leftOut);
        Assert.Equal(leftOut > 0 ? 1 : 0, lines.Count(line => line.StartsWith("gap", StringComparison.Ordinal)));
        Assert.Equal(lines.Where(line => line[0] == 'l').Order(StringComparer.Ordinal), lines.Where(line => line[0] == 'l'));
        Assert.Equal(count > 33, leftOut > 0); // three parts of eleven lines each
        Assert.Single(_directory.GetFiles());
    }
}
