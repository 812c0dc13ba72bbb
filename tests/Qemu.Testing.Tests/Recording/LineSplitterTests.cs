using System.Text;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class LineSplitterTests
{
    private readonly LineSplitter _splitter = new();
    private readonly List<(long Time, string Line)> _lines = [];

    [Fact]
    public void Line_has_the_time_of_its_first_byte()
    {
        Feed("one\r\ntw", 1);
        Feed("o\nthree", 2);
        _splitter.Flush(Add);

        Assert.Equal([(1, "one"), (1, "two"), (2, "three")], _lines);
    }

    [Fact]
    public void Character_in_two_pieces_is_one()
    {
        byte[] text = Encoding.UTF8.GetBytes("ä\n");
        _splitter.Feed(text.AsSpan(0, 1), 1, Add);
        _splitter.Feed(text.AsSpan(1), 2, Add);

        Assert.Equal([(1, "ä")], _lines);
    }

    [Fact]
    public void Progress_that_overwrites_itself_shows_its_last_state()
    {
        Feed("10%\r50%\r100%\r\n", 1);

        Assert.Equal([(1, "100%")], _lines);
    }

    [Fact]
    public void Endless_line_is_cut_and_nothing_of_it_lost()
    {
        Feed(new string('x', 10_000), 1);
        _splitter.Flush(Add);

        Assert.Equal(10_000, _lines.Sum(line => line.Line.Length));
        Assert.InRange(_lines.Count, 3, 4);
    }

    private void Feed(string text, long time) => _splitter.Feed(Encoding.UTF8.GetBytes(text), time, Add);

    private void Add(long time, string line) => _lines.Add((time, line));
}
