using System.Text.Json;

namespace Qemu.Qmp;

// One line from the peer, parsed once and taken apart into the members that QMP knows. Absent members have the kind Undefined.
internal readonly struct QmpMessage
{
    // QEMU's own parser stops at a depth of 1024.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1024 };

    private QmpMessage(JsonElement root, ReadOnlySpan<byte> line)
    {
        Root = root;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (member.NameEquals("return"u8))
                Return = member.Value;
            else if (member.NameEquals("id"u8))
                Id = member.Value;
            else if (member.NameEquals("event"u8))
                Event = member.Value;
            else if (member.NameEquals("data"u8))
                Data = member.Value;
            else if (member.NameEquals("timestamp"u8))
                Timestamp = member.Value;
            else if (member.NameEquals("error"u8))
                Error = member.Value;
            else if (member.NameEquals("QMP"u8))
                Greeting = member.Value;
        }

        Kind = Classify(line);
    }

    public QmpMessageKind Kind { get; }

    public JsonElement Root { get; }

    public JsonElement Return { get; }

    public JsonElement Error { get; }

    public JsonElement Id { get; }

    public JsonElement Event { get; }

    public JsonElement Data { get; }

    public JsonElement Timestamp { get; }

    public JsonElement Greeting { get; }

    public static QmpMessage Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader reader = new(line, ReaderOptions);
            JsonElement root = JsonElement.ParseValue(ref reader);
            reader.Read();      // throws when something follows the value
            return root.ValueKind == JsonValueKind.Object
                ? new QmpMessage(root, line)
                : throw new QmpProtocolException("a line is not a JSON object", Excerpt.Of(line));
        }
        catch (JsonException error)
        {
            throw new QmpProtocolException("a line is not JSON", Excerpt.Of(line), error);
        }
        catch (InvalidOperationException error)
        {
            // Strings are decoded when they are looked at; this is how half a surrogate pair or broken UTF-8 shows.
            throw new QmpProtocolException("a line holds text that is not Unicode", Excerpt.Of(line), error);
        }
    }

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') < 0;

    private QmpMessageKind Classify(ReadOnlySpan<byte> line)
    {
        if (Event.ValueKind == JsonValueKind.String && Data.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined)
            return QmpMessageKind.Event;
        if (QmpError.IsError(Error) || (Return.ValueKind != JsonValueKind.Undefined && Error.ValueKind == JsonValueKind.Undefined))
            return QmpMessageKind.Reply;
        if (Greeting.ValueKind == JsonValueKind.Object)
            return QmpMessageKind.Greeting;

        throw new QmpProtocolException("a line is neither a reply nor an event nor a greeting", Excerpt.Of(line));
    }
}
