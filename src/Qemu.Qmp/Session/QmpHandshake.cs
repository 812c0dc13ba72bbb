namespace Qemu.Qmp;

// Greeting and capabilities negotiation, before any loop runs. Leaves in the buffer what came after the reply.
internal sealed class QmpHandshake(Stream stream, LineBuffer buffer, SessionObserver observer, Action<QmpMessage> onEvent)
{
    private const int Id = 0;

    // For the message of a time-out or a disconnect.
    private string _awaited = "the greeting";
    private string? _lastSeen;

    public async Task<QmpGreeting> RunAsync(QmpClientOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(options.NegotiationTimeout, options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        // Not every stream heeds a token.
        using CancellationTokenRegistration close = either.Token.UnsafeRegister(static stream => ((Stream)stream!).Dispose(), stream);
        try
        {
            return await NegotiateAsync(options.EnableOutOfBand, either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not QmpException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw deadline.IsCancellationRequested
                ? new QmpTimeoutException(_awaited, options.NegotiationTimeout, _lastSeen)
                : SessionEnd.From(error, buffer.Partial, quitSent: false).WhileAwaiting(_awaited);
        }
    }

    private async Task<QmpGreeting> NegotiateAsync(bool enableOutOfBand, CancellationToken cancellationToken)
    {
        QmpGreeting? greeting = null;
        await ReadUntilAsync(line => (greeting = QmpGreeting.Parse(line)) is not null, cancellationToken).ConfigureAwait(false);
        _awaited = "the reply to 'qmp_capabilities'";
        await SendCapabilitiesAsync(enableOutOfBand, cancellationToken).ConfigureAwait(false);
        await ReadUntilAsync(IsReply, cancellationToken).ConfigureAwait(false);
        return greeting!;
    }

    private async Task SendCapabilitiesAsync(bool enableOutOfBand, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> arguments = enableOutOfBand ? """{"enable":["oob"]}"""u8.ToArray() : default;
        using CommandBatch batch = new();
        observer.Sent(batch.Add(new QmpCommand("qmp_capabilities", arguments), Id));
        await stream.WriteAsync(batch.Text, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsReply(ReadOnlySpan<byte> line)
    {
        QmpMessage message = QmpMessage.Parse(line);
        switch (message.Kind)
        {
            case QmpMessageKind.Event:
                onEvent(message);
                return false;
            case QmpMessageKind.Reply:
                new QmpResponse(message).GetReturnOrThrow("qmp_capabilities");
                return true;
            default:
                throw new QmpProtocolException("a second greeting came", Excerpt.Of(line));
        }
    }

    private async Task ReadUntilAsync(LineAcceptor accept, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (buffer.TryTakeLine(out ReadOnlySpan<byte> line))
            {
                if (QmpMessage.IsBlank(line))
                    continue;

                _lastSeen = Excerpt.Of(line);
                observer.Received(line);
                if (accept(line))
                    return;
            }

            int received = await stream.ReadAsync(buffer.GetFreeSpace(), cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested(); // some streams end, rather than fail, when they are disposed of
            if (received == 0)
                throw SessionEnd.PeerClosed(buffer.Partial, cause: null, quitSent: false).WhileAwaiting(_awaited);

            buffer.Commit(received);
        }
    }

    private delegate bool LineAcceptor(ReadOnlySpan<byte> line);
}
