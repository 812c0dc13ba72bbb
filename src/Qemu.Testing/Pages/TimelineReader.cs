using System.Text;
using System.Text.Json;

namespace Qemu.Testing;

/// <summary>Reads a timeline back, in the order of time.</summary>
internal static class TimelineReader
{
    private const int TextLimit = 2000;

    public static List<TimelineLine> Read(string directory)
    {
        var lines = new List<TimelineLine>();
        IEnumerable<string> tails = Directory.EnumerateFiles(directory, "timeline.tail*.jsonl").OrderBy(File.GetLastWriteTimeUtc);
        foreach (string path in tails.Prepend(Path.Combine(directory, "timeline.jsonl")).Where(File.Exists))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                if (Parse(line) is { } parsed)
                    lines.Add(parsed);
            }
        }

        return [.. lines.OrderBy(line => line.Seconds)]; // stable: what has one time stays in the order in which it was written
    }

    private static TimelineLine? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string text = root.GetProperty("text"u8).GetString()!;
            return new TimelineLine(
                root.GetProperty("t"u8).GetDouble(),
                root.GetProperty("source"u8).GetString()!,
                root.TryGetProperty("machine"u8, out JsonElement machine) ? machine.GetString()! : "",
                text.Length <= TextLimit ? text : text[..TextLimit] + " […]");
        }
        catch (JsonException)
        {
            return null; // cut off in the middle
        }
    }
}
