using System.Buffers;
using System.Text.Json;

namespace Qemu.Qmp;

// The text of commands that are written together, and which descriptors ride on it.
internal sealed class CommandBatch : IDisposable
{
    private const int LargeSize = 1024 * 1024;

    private readonly Utf8JsonWriter _json;
    private ArrayBufferWriter<byte> _text = new(1024);

    public CommandBatch() => _json = new Utf8JsonWriter(_text, QmpJson.WriterOptions);

    public List<OutgoingDescriptor> Descriptors { get; } = [];

    public bool IsEmpty => _text.WrittenCount == 0;

    public ReadOnlyMemory<byte> Text => _text.WrittenMemory;

    // Gives the command's line without its line end.
    public ReadOnlySpan<byte> Add(QmpCommand command, long id)
    {
        int start = _text.WrittenCount;
        _json.Reset(_text);
        _json.WriteStartObject();
        _json.WriteString(command.OutOfBand ? "exec-oob"u8 : "execute"u8, command.Name);
        if (!command.Arguments.IsEmpty)
        {
            _json.WritePropertyName("arguments"u8);
            _json.WriteRawValue(command.Arguments.Span, skipInputValidation: true);
        }

        _json.WriteNumber("id"u8, id);
        _json.WriteEndObject();
        _json.Flush();

        int length = _text.WrittenCount - start;
        _text.Write("\n"u8);
        return _text.WrittenSpan.Slice(start, length);
    }

    // White space between commands, for a descriptor that travels alone.
    public void AddBlank() => _text.Write(" "u8);

    public void Clear()
    {
        foreach (OutgoingDescriptor outgoing in Descriptors)
            outgoing.Dropped();

        Descriptors.Clear();
        if (_text.Capacity > LargeSize)
            _text = new ArrayBufferWriter<byte>(1024);
        else
            _text.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();
}
