using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// One launch's channel to the guest agent: a command, its reply, the next command. The agent speaks only when spoken to,
/// so reading happens while a reply is awaited and at no other time. Not thread-safe.
/// </summary>
/// <remarks>
/// Replies carry nothing that ties them to a command. Whenever one was given up on, the two sides are brought together
/// again: the byte 0xFF makes the agent forget half a command, and its answer to <c>guest-sync-delimited</c> begins with
/// one, so that everything before it is known to be old.
/// </remarks>
internal sealed class AgentSession(Stream stream, TimeProvider timeProvider)
{
    private const byte Delimiter = 0xFF;

    /// <summary>More than the largest reply, which is a chunk of a file in base64.</summary>
    private const int MaximumReply = 64 * 1024 * 1024;

    private static readonly TimeSpan s_firstAttempt = TimeSpan.FromSeconds(5);

    private readonly byte[] _received = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _synchronised;

    /// <summary>The next exchange begins with bringing the two sides together.</summary>
    public void Desynchronise() => _synchronised = false;

    /// <summary>Sends a command and reads its reply.</summary>
    /// <exception cref="QmpProtocolException">The agent's answer is no reply.</exception>
    /// <exception cref="IOException">The channel is closed.</exception>
    public async Task<QmpResponse> ExchangeAsync(QmpCommand command, CancellationToken cancellationToken)
    {
        if (!_synchronised)
            await SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        _synchronised = false; // until the reply is here
        await stream.WriteAsync(Line(command), cancellationToken).ConfigureAwait(false);
        byte[] reply = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var response = new QmpResponse(Parse(reply));
            _synchronised = true;
            return response;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new QmpProtocolException($"the guest agent's answer to '{command.Name}' is no reply", TerminalText.Clean(reply.AsSpan(0, Math.Min(reply.Length, 200))));
        }
    }

    /// <summary>Sends a command that has no reply.</summary>
    public async Task SendAsync(QmpCommand command, CancellationToken cancellationToken)
    {
        if (!_synchronised)
            await SynchroniseAsync(cancellationToken).ConfigureAwait(false);
        _synchronised = false; // until all of it is sent
        await stream.WriteAsync(Line(command), cancellationToken).ConfigureAwait(false);
        _synchronised = true;
    }

    /// <summary>An agent that starts up while this is sent may lose it, so it is sent again after a while.</summary>
    private async Task SynchroniseAsync(CancellationToken cancellationToken)
    {
        for (TimeSpan patience = s_firstAttempt; ; patience *= 2)
        {
            int id = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            string line = string.Create(CultureInfo.InvariantCulture, $"{{\"execute\":\"guest-sync-delimited\",\"arguments\":{{\"id\":{id}}}}}\n");
            using var limit = new CancellationTokenSource(patience, timeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await stream.WriteAsync(new[] { Delimiter }.Concat(Encoding.ASCII.GetBytes(line)).ToArray(), linked.Token).ConfigureAwait(false);
                while (!await IsAnswerAsync(id, linked.Token).ConfigureAwait(false))
                {
                    // An answer to an earlier attempt.
                }

                _synchronised = true;
                return;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Nobody listens yet: again.
            }
        }
    }

    private async Task<bool> IsAnswerAsync(int id, CancellationToken cancellationToken)
    {
        while (await ReadByteAsync(cancellationToken).ConfigureAwait(false) != Delimiter)
        {
            // Old.
        }

        byte[] line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(line).TryGetProperty("return", out JsonElement value) && value.TryGetInt32(out int answered) && answered == id;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonElement Parse(byte[] line)
    {
        // What is not UTF-8 is replaced here: it would throw at whoever reads the text later.
        using JsonDocument document = Utf8.IsValid(line) ? JsonDocument.Parse(line) : JsonDocument.Parse(Encoding.UTF8.GetString(line));
        if (line.AsSpan().IndexOf("\\u"u8) >= 0)
            RequireReadable(document.RootElement);
        return document.RootElement.Clone();
    }

    /// <summary>An escape for half a surrogate pair, which JSON allows, is no text: it throws here and not at whoever reads it later.</summary>
    private static void RequireReadable(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    _ = member.Name;
                    RequireReadable(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    RequireReadable(item);
                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }

    private static byte[] Line(QmpCommand command)
    {
        var line = new ArrayBufferWriter<byte>(command.Arguments.Length + 64);
        line.Write("{\"execute\":"u8);
        line.Write(JsonSerializer.SerializeToUtf8Bytes(command.Name, AgentJson.Default.String));
        if (!command.Arguments.IsEmpty)
        {
            line.Write(",\"arguments\":"u8);
            line.Write(command.Arguments.Span);
        }

        line.Write("}\n"u8);
        return line.WrittenSpan.ToArray();
    }

    private async Task<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySpan<byte> received = _received.AsSpan(_start, _end - _start);
            int end = received.IndexOf((byte)'\n');
            line.Write(end < 0 ? received : received[..end]);
            _start += end < 0 ? received.Length : end + 1;
            if (end >= 0)
                return line.WrittenSpan.ToArray();
            if (line.WrittenCount > MaximumReply)
                throw new QmpProtocolException($"a reply of the guest agent is longer than {MaximumReply} bytes", "");
        }
    }

    private async Task<byte> ReadByteAsync(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken).ConfigureAwait(false);
        return _received[_start++];
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_start < _end)
            return;
        _start = _end = 0;
        _end = await stream.ReadAsync(_received, cancellationToken).ConfigureAwait(false);
        if (_end == 0)
            throw new EndOfStreamException("QEMU closed the guest agent's channel.");
    }
}
