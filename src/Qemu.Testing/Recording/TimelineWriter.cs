using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Puts what was seen into JSON, a line each, with one clock: seconds since the test began.</summary>
internal sealed class TimelineWriter : IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly long _start;
    private readonly SecretMask _mask;

    /// <param name="start">When the test began, in ticks of <see cref="MachineObservers.Clock"/>.</param>
    /// <param name="mask">What no line may show.</param>
    public TimelineWriter(long start, SecretMask mask)
    {
        _start = start;
        _mask = mask;
        _json = new Utf8JsonWriter(_buffer, s_options);
    }

    /// <summary>What was added since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Add(long timestamp, string source, string? machine, string text)
    {
        Begin(timestamp, source, machine);
        _json.WriteString("text"u8, Encoding.UTF8.GetBytes(_mask.Apply(text))); // as bytes: half of a surrogate pair is replaced, and throws otherwise
        End();
    }

    /// <summary>A line with a message that is JSON already; what is none goes as text.</summary>
    public void AddMessage(long timestamp, string source, string machine, ReadOnlySpan<byte> message)
    {
        Begin(timestamp, source, machine);
        byte[] masked = _mask.Apply(message);
        if (IsJson(masked))
        {
            _json.WritePropertyName("message"u8);
            _json.WriteRawValue(masked, skipInputValidation: true);
        }
        else
        {
            _json.WriteString("text"u8, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(masked)));
        }

        End();
    }

    public void Clear() => _buffer.ResetWrittenCount();

    public void Dispose() => _json.Dispose();

    private void Begin(long timestamp, string source, string? machine)
    {
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteNumber("t"u8, Math.Round((decimal)MachineObservers.Clock.GetElapsedTime(_start, timestamp).TotalSeconds, 6));
        _json.WriteString("source"u8, source);
        if (machine is not null)
            _json.WriteString("machine"u8, machine);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny((byte)'\r', (byte)'\n'))
            return false; // one line each
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return System.Text.Unicode.Utf8.IsValid(text);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
