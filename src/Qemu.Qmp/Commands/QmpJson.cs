using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qemu.Qmp;

// Turns what callers give (dictionaries, objects, JSON) into the UTF-8 text of a JSON object, for command arguments and event patterns alike.
internal static class QmpJson
{
    public const string ReflectionMessage = "The properties of the object are found by reflection. Pass a dictionary or a JsonElement instead.";

    // QEMU's parser stops at 1024, and a command wraps its arguments in one more.
    private const int MaximumDepth = 1023;

    // Relaxed escaping keeps paths and messages readable in transcripts; QEMU reads UTF-8.
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaximumDepth };

    public static JsonElement EmptyObject { get; } = ToElement("{}"u8);

    private static readonly JsonSerializerOptions ObjectOptions = new()
    {
        PropertyNamingPolicy = QmpKeyNaming.Instance,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaximumDepth,
    };

    public static byte[] FromElement(JsonElement element, string parameter)
    {
        RequireObject(element.ValueKind, parameter);
        if (!UnicodeEscapes.ArePaired(Encoding.UTF8.GetBytes(element.GetRawText())))
            throw new ArgumentException("The JSON holds half a surrogate pair, which is not Unicode.", parameter);

        return Write(writer => element.WriteTo(writer));
    }

    public static byte[] FromDictionary(IReadOnlyDictionary<string, object?> values) =>
        Write(writer => WriteMembers(writer, values, path: ""));

    [RequiresUnreferencedCode(ReflectionMessage)]
    [RequiresDynamicCode(ReflectionMessage)]
    public static byte[] FromObject(object value, string parameter)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ObjectOptions);
        RequireObject(json.Length > 0 && json[0] == (byte)'{' ? JsonValueKind.Object : JsonValueKind.Undefined, parameter);
        return json;
    }

    public static JsonElement ToElement(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        JsonElement element = JsonElement.ParseValue(ref reader);
        reader.Read();
        return element;
    }

    private static void RequireObject(JsonValueKind kind, string parameter)
    {
        if (kind != JsonValueKind.Object)
            throw new ArgumentException("QMP takes a JSON object here: pass an object with properties, a dictionary, or a JsonElement of kind Object.", parameter);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, WriterOptions))
            write(writer);

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMembers(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> members, string path)
    {
        writer.WriteStartObject();
        foreach ((string key, object? value) in members)
        {
            writer.WritePropertyName(key);
            WriteValue(writer, value, path.Length == 0 ? key : $"{path}.{key}");
        }

        writer.WriteEndObject();
    }

    // No reflection, so that dictionaries work in trimmed and AOT-compiled programs.
    private static void WriteValue(Utf8JsonWriter writer, object? value, string path)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int or long or short or sbyte or byte or ushort or uint: writer.WriteNumberValue(Convert.ToInt64(value, null)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case float number: writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case JsonElement element: element.WriteTo(writer); break;
            case JsonNode node: node.WriteTo(writer); break;
            case IEnumerable<KeyValuePair<string, object?>> members: WriteMembers(writer, members, path); break;
            case IDictionary: throw Unsupported(value, path);
            case IEnumerable list: WriteList(writer, list, path); break;
            default: throw Unsupported(value, path);
        }
    }

    private static void WriteList(Utf8JsonWriter writer, IEnumerable list, string path)
    {
        writer.WriteStartArray();
        foreach (object? item in list)
            WriteValue(writer, item, $"{path}[]");

        writer.WriteEndArray();
    }

    private static ArgumentException Unsupported(object value, string path) =>
        new($"The value at '{path}' is a {value.GetType()}. A dictionary may hold null, strings, booleans, numbers, lists, Dictionary<string, object?>, JsonElement and JsonNode.", nameof(value));
}
