using System.Text.Json.Nodes;

namespace Qemu.Testing;

/// <summary>
/// A timeline as a page takes it: columns, which compress best, of as many lines as there is room for. Of more lines the first
/// and, in greater number, the last are taken, and the page says how many are left out between them.
/// </summary>
internal sealed class TimelineData(IReadOnlyList<TimelineLine> lines)
{
    private const double HeadPart = 0.2;
    private const double TicksPerSecond = 10_000;

    private static readonly HashSet<string> s_always = new(
        [TimelineSource.Launch, TimelineSource.Warning, TimelineSource.Panic, TimelineSource.End, TimelineSource.Failure, TimelineSource.Note, TimelineSource.Screenshot],
        StringComparer.Ordinal);

    /// <summary>At most so many lines, what tells of the machine's own course and of the failure always among them.</summary>
    public JsonObject Take(int count)
    {
        int head = lines.Count <= count ? lines.Count : (int)(count * HeadPart);
        int tail = lines.Count <= count ? 0 : count - head;
        var names = new Names();
        var machines = new Names();
        JsonArray times = [], sources = [], owners = [], texts = [];
        long before = 0;
        int leftOut = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            TimelineLine line = lines[i];
            if (i >= head && i < lines.Count - tail && !s_always.Contains(line.Source))
            {
                leftOut++;
                continue;
            }

            if (leftOut > 0 && i >= lines.Count - tail)
            {
                Add(line.Seconds, TimelineSource.Note, "", $"{leftOut} lines are left out here, for the size of this page: timeline.jsonl and the console's own file have them");
                leftOut = 0;
            }

            Add(line.Seconds, line.Source, line.Machine, line.Text);
        }

        return new JsonObject { ["sources"] = names.ToJson(), ["machines"] = machines.ToJson(), ["t"] = times, ["s"] = sources, ["m"] = owners, ["x"] = texts };

        void Add(double seconds, string source, string machine, string text)
        {
            long time = (long)Math.Round(seconds * TicksPerSecond);
            times.Add(time - before);
            before = time;
            sources.Add(names.NumberOf(source));
            owners.Add(machines.NumberOf(machine));
            texts.Add(text);
        }
    }

    /// <summary>Numbers instead of words that come again and again.</summary>
    private sealed class Names
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public int NumberOf(string name)
        {
            if (!_numbers.TryGetValue(name, out int number))
                _numbers.Add(name, number = _numbers.Count);
            return number;
        }

        public JsonArray ToJson() => [.. _numbers.OrderBy(entry => entry.Value).Select(entry => (JsonNode)JsonValue.Create(entry.Key))];
    }
}
