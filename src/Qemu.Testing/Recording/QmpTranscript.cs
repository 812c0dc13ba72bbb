using System.Text;
using System.Text.Json;

namespace Qemu.Testing;

/// <summary>A session's lines: as they are for the transcript, and in short for the timeline.</summary>
internal static class QmpTranscript
{
    /// <summary>Of a longer line the beginning is kept: <c>query-qmp-schema</c> alone answers with 200 kB.</summary>
    public const int LineLimit = 64 * 1024;

    private const int ShortLimit = 1000;

    /// <summary>What kind of line it is, and what it says.</summary>
    public static (string Source, string Text) Describe(QmpLine line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.Text);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Raw(line);
            if (line.Sent)
                return (TimelineSource.Command, Shorten($"{Get(root, "execute") ?? Get(root, "exec-oob")} {Get(root, "arguments")}"));
            if (Get(root, "event") is { } name)
                return (TimelineSource.Event, Shorten($"{name} {Get(root, "data")}"));
            if (root.TryGetProperty("error", out JsonElement error))
                return (TimelineSource.Reply, Shorten("error: " + (error.ValueKind == JsonValueKind.Object ? Get(error, "desc") ?? error.GetRawText() : error.GetRawText())));
            return root.TryGetProperty("return", out JsonElement value) ? (TimelineSource.Reply, Shorten(value.GetRawText())) : Raw(line);
        }
        catch (JsonException)
        {
            return Raw(line);
        }
    }

    private static (string, string) Raw(QmpLine line) =>
        (line.Sent ? TimelineSource.Command : TimelineSource.Reply, Shorten(Encoding.UTF8.GetString(line.Text)));

    private static string? Get(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;

    private static string Shorten(string text) => text.Length <= ShortLimit ? text.TrimEnd() : text[..ShortLimit] + " […]";
}
