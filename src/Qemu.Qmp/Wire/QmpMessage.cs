using System.Text.Json;
using System.Text.Unicode;

namespace Qemu.Qmp;

// One line from the peer, parsed once and taken apart into the members that QMP knows. Absent members have the kind Undefined.
internal readonly struct QmpMessage
{
    // QEMU's own parser stops at a depth of 1024.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1024 };

    private QmpMessage(JsonElement root, ReadOnlySpan<byte> line)
    {
        Root = root;
        JsonElement name = default;
        JsonElement error = default;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (member.NameEquals("return"u8))
                Return = member.Value;
            else if (member.NameEquals("id"u8))
                Id = member.Value;
            else if (member.NameEquals("event"u8))
                name = member.Value;
            else if (member.NameEquals("data"u8))
                Data = member.Value;
            else if (member.NameEquals("timestamp"u8))
                Timestamp = member.Value;
            else if (member.NameEquals("error"u8))
                error = member.Value;
            else if (member.NameEquals("QMP"u8))
                Greeting = member.Value;
        }

        if (name.ValueKind == JsonValueKind.String && Data.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined)
        {
            Kind = QmpMessageKind.Event;
            Event = name.GetString();
        }
        else if (QmpError.IsError(error))
        {
            Kind = QmpMessageKind.Reply;
            Error = QmpError.From(error);
        }
        else if (Return.ValueKind != JsonValueKind.Undefined && error.ValueKind == JsonValueKind.Undefined)
        {
            Kind = QmpMessageKind.Reply;
        }
        else if (Greeting.ValueKind == JsonValueKind.Object)
        {
            Kind = QmpMessageKind.Greeting;
        }
        else
        {
            throw new QmpProtocolException("a line is neither a reply nor an event nor a greeting", Excerpt.Of(line));
        }
    }

    public QmpMessageKind Kind { get; }

    public JsonElement Root { get; }

    public JsonElement Return { get; }

    public QmpError? Error { get; }

    public JsonElement Id { get; }

    public string? Event { get; }

    public JsonElement Data { get; }

    public JsonElement Timestamp { get; }

    public JsonElement Greeting { get; }

    public static QmpMessage Parse(ReadOnlySpan<byte> line)
    {
        // The JSON parser decodes text when somebody looks at it, and throws then: better here than under a user's hands.
        if (!Utf8.IsValid(line) || !UnicodeEscapes.ArePaired(line))
            throw new QmpProtocolException("a line holds text that is not Unicode", Excerpt.Of(line));

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
    }

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') < 0;
}
