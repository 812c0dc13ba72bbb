using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>What a wait looks for: an event's name and, if given, a pattern that its data must match as <see cref="QmpEvent.Matches(JsonElement)"/> says.</summary>
public sealed class QmpEventPattern
{
    /// <summary>Any event of that name.</summary>
    /// <param name="name">Name of the event, compared exactly.</param>
    public QmpEventPattern(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>An event of that name whose data matches a JSON pattern.</summary>
    /// <exception cref="ArgumentException"><paramref name="match"/> holds text that is not Unicode.</exception>
    public QmpEventPattern(string name, JsonElement match)
        : this(name)
    {
        if (match.ValueKind == JsonValueKind.Undefined)
            return;
        if (!UnicodeEscapes.ArePaired(Encoding.UTF8.GetBytes(match.GetRawText())))
            throw new ArgumentException("The pattern holds half a surrogate pair, which no event does.", nameof(match));

        Match = match.Clone();
    }

    /// <summary>An event of that name whose data matches a dictionary, keys verbatim.</summary>
    /// <exception cref="ArgumentException">A value cannot be written as JSON without reflection.</exception>
    public QmpEventPattern(string name, IReadOnlyDictionary<string, object?> match)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(match);
        Match = QmpJson.ToElement(QmpJson.FromDictionary(match));
    }

    /// <summary>An event of that name whose data matches an object's properties: <c>_</c> stands for <c>-</c>, <c>__</c> for <c>_</c>.</summary>
    /// <exception cref="ArgumentException"><paramref name="match"/> does not serialise to a JSON object.</exception>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public QmpEventPattern(string name, object match)
        : this(name)
    {
        Match = QmpJson.ToElement(QmpJson.FromObject(match, nameof(match)));
    }

    /// <summary>Name of the event.</summary>
    public string Name { get; }

    /// <summary>What the event's data must match; null when the name is enough.</summary>
    public JsonElement? Match { get; }

    /// <summary>Whether an event is what this pattern looks for.</summary>
    public bool Matches(QmpEvent qmpEvent)
    {
        ArgumentNullException.ThrowIfNull(qmpEvent);
        return string.Equals(Name, qmpEvent.Name, StringComparison.Ordinal) && (Match is not { } match || qmpEvent.Matches(match));
    }

    /// <summary>Name and pattern, as in <c>RESET matching {"guest":false}</c>.</summary>
    public override string ToString() => Match is { } match ? $"{Name} matching {match.GetRawText()}" : Name;
}
