using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>QEMU's reply to a command: a value or an error.</summary>
public sealed class QmpResponse
{
    /// <summary>Takes a reply apart: an object with a <c>return</c> or an <c>error</c> member.</summary>
    /// <exception cref="ArgumentException"><paramref name="raw"/> is not a reply.</exception>
    public QmpResponse(JsonElement raw)
    {
        Raw = raw;
        if (raw.ValueKind == JsonValueKind.Object && raw.TryGetProperty("error"u8, out JsonElement error) && QmpError.IsError(error))
            Error = QmpError.From(error);
        else if (raw.ValueKind == JsonValueKind.Object && raw.TryGetProperty("return"u8, out JsonElement value))
            Return = value;
        else
            throw new ArgumentException("Not a reply: an object with a 'return' or an 'error' member is expected.", nameof(raw));
    }

    internal QmpResponse(in QmpMessage reply)
    {
        Raw = reply.Root;
        Return = reply.Return;
        Error = reply.Error;
    }

    /// <summary>Whether QEMU refused the command.</summary>
    public bool IsError => Error is not null;

    /// <summary>The command's value, often <c>{}</c>; of kind <see cref="JsonValueKind.Undefined"/> when <see cref="IsError"/>. Never needs to be disposed.</summary>
    public JsonElement Return { get; }

    /// <summary>The refusal, or null.</summary>
    public QmpError? Error { get; }

    /// <summary>The whole reply as it came, its <c>id</c> included.</summary>
    public JsonElement Raw { get; }

    /// <summary>Gives the command's value.</summary>
    /// <param name="command">Name of the command, for the exception.</param>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    public JsonElement GetReturnOrThrow(string command) =>
        Error is null ? Return : throw new QmpCommandException(command, Error.Class, Error.Description);

    /// <summary>The reply as JSON text.</summary>
    public override string ToString() => Raw.GetRawText();
}
