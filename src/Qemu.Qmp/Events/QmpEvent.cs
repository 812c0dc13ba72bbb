using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>Something that happened in QEMU, such as <c>SHUTDOWN</c>, <c>RESET</c> or <c>GUEST_PANICKED</c>. Immutable and shared by all subscribers.</summary>
public sealed class QmpEvent
{
    /// <summary>Makes an event, for what does not come from a session: tests, or a machine's own events.</summary>
    /// <param name="name">Name of the event.</param>
    /// <param name="data">A JSON object; of kind Undefined (<c>default</c>) for none.</param>
    /// <param name="timestamp">When it happened.</param>
    public QmpEvent(string name, JsonElement data, DateTimeOffset timestamp)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Data = data.ValueKind == JsonValueKind.Undefined ? QmpJson.EmptyObject : data;
        Timestamp = timestamp;
    }

    internal QmpEvent(in QmpMessage message, DateTimeOffset received)
    {
        Name = message.Event!;
        Data = message.Data.ValueKind == JsonValueKind.Undefined ? QmpJson.EmptyObject : message.Data;
        Timestamp = QmpTimestamp.Read(message.Timestamp) ?? received;
    }

    /// <summary>Name of the event, in capitals: <c>SHUTDOWN</c>.</summary>
    public string Name { get; }

    /// <summary>The event's data, an object; empty when the event has none. Never needs to be disposed.</summary>
    public JsonElement Data { get; }

    /// <summary>When it happened by the clock of QEMU's host, in UTC, to the microsecond; when it was received if QEMU could not tell.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>
    /// Whether <see cref="Data"/> matches a pattern, which is a partial value: every key of a pattern's object must be there and match, other keys don't matter;
    /// lists match element by element and have the same length; null matches anything that is there; strings, booleans and numbers must be equal
    /// (<c>1</c> equals <c>1.0</c> and is not <c>true</c>).
    /// </summary>
    public bool Matches(JsonElement pattern) => JsonPattern.Matches(pattern, Data);

    /// <summary>Whether <see cref="Data"/> matches a pattern given as a dictionary, keys verbatim; see <see cref="Matches(JsonElement)"/>.</summary>
    public bool Matches(IReadOnlyDictionary<string, object?> pattern) => new QmpEventPattern(Name, pattern).Matches(this);

    /// <summary>
    /// Whether <see cref="Data"/> matches a pattern given as an object's properties (<c>_</c> stands for <c>-</c>, <c>__</c> for <c>_</c>);
    /// see <see cref="Matches(JsonElement)"/>.
    /// </summary>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public bool Matches(object pattern) => new QmpEventPattern(Name, pattern).Matches(this);

    /// <summary>Name and data, as in <c>RESET {"guest": false}</c>.</summary>
    public override string ToString() => Excerpt.Printable($"{Name} {Data.GetRawText()}");
}
