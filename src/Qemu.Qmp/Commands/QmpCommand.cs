using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Qemu.Qmp;

/// <summary>A command and its arguments, ready to be sent any number of times, over any session.</summary>
public sealed class QmpCommand
{
    /// <summary>A command with arguments that are JSON text already.</summary>
    /// <param name="name">Name of the command, such as <c>query-status</c>.</param>
    /// <param name="arguments">UTF-8 text of a JSON object, checked here; empty for none. Not copied: leave it unchanged while the command is in use.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or <paramref name="arguments"/> is not the text of one JSON object.</exception>
    public QmpCommand(string name, ReadOnlyMemory<byte> arguments = default)
        : this(Validated(arguments), name)
    {
    }

    private QmpCommand(ReadOnlyMemory<byte> arguments, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Arguments = arguments;
    }

    /// <summary>Name of the command.</summary>
    public string Name { get; }

    /// <summary>UTF-8 text of a JSON object; empty when the command has no arguments.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>
    /// Whether the command is sent out of band (<c>exec-oob</c>), so that its reply may overtake others. Needs a session with
    /// <see cref="QmpClientOptions.EnableOutOfBand"/> and a command that allows it, such as <c>migrate-recover</c>. QEMU ≥ 2.12.
    /// </summary>
    public bool OutOfBand { get; init; }

    /// <summary>
    /// A file descriptor that travels with the command (SCM_RIGHTS), for <c>getfd</c> and <c>add-fd</c>; null for none.
    /// QEMU gets a duplicate: close yours when the command has been answered.
    /// </summary>
    public SafeHandle? Descriptor { get; init; }

    /// <summary>How long to wait for the reply; null for the session's <see cref="QmpClientOptions.CommandTimeout"/>, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or longer than 49 days.</exception>
    public TimeSpan? Timeout
    {
        get;
        init
        {
            if (value is { } timeout)
                Durations.RequireTimeout(timeout, nameof(value));

            field = value;
        }
    }

    /// <summary>A command whose arguments are a JSON object, taken as it is; an element of kind Undefined (<c>default</c>) means none.</summary>
    /// <exception cref="ArgumentException"><paramref name="arguments"/> is JSON but no object.</exception>
    public static QmpCommand Create(string name, JsonElement arguments) =>
        new(arguments.ValueKind == JsonValueKind.Undefined ? default : QmpJson.FromElement(arguments, nameof(arguments)), name);

    /// <summary>
    /// A command whose arguments are a dictionary. Keys go verbatim, at every depth. Values may be null, strings, booleans, numbers, lists,
    /// <c>Dictionary&lt;string, object?&gt;</c>, <see cref="JsonElement"/> and <see cref="System.Text.Json.Nodes.JsonNode"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A value is of another type; the message says where.</exception>
    public static QmpCommand Create(string name, IReadOnlyDictionary<string, object?> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new(QmpJson.FromDictionary(arguments), name);
    }

    /// <summary>
    /// A command whose arguments are the properties of an object, often an anonymous one. In property names, at every depth, <c>_</c> becomes <c>-</c>
    /// and <c>__</c> becomes <c>_</c>; the keys of dictionaries and of <see cref="JsonElement"/>s inside go verbatim.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="arguments"/> does not serialise to a JSON object.</exception>
    /// <exception cref="NotSupportedException">The type of a property cannot be written as JSON.</exception>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public static QmpCommand Create(string name, object arguments) =>
        new(QmpJson.FromObject(arguments, nameof(arguments)), name);

    /// <summary>Name and arguments, as they would be written in a QMP shell.</summary>
    public override string ToString() => Arguments.IsEmpty ? Name : $"{Name} {Encoding.UTF8.GetString(Arguments.Span)}";

    private static ReadOnlyMemory<byte> Validated(ReadOnlyMemory<byte> arguments)
    {
        if (arguments.IsEmpty)
            return arguments;

        if (!Utf8.IsValid(arguments.Span) || !UnicodeEscapes.ArePaired(arguments.Span))
            throw new ArgumentException("The arguments hold text that is not Unicode.", nameof(arguments));

        try
        {
            // Rewritten compactly where needed: one command is one line of the transcript.
            JsonElement element = QmpJson.ToElement(arguments.Span);
            return arguments.Span.ContainsAny("\r\n"u8) || element.ValueKind != JsonValueKind.Object
                ? QmpJson.FromElement(element, nameof(arguments))
                : arguments;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The arguments are not JSON: {error.Message}", nameof(arguments), error);
        }
    }
}
