namespace Qemu.Qmp;

// Greeting and capabilities negotiation, before any loop runs. Leaves in the buffer what came after the reply.
internal sealed class QmpHandshake(Stream stream, LineBuffer buffer, SessionObserver observer, Action<QmpMessage> onEvent)
{
    private const int Id = 0;

    // What is awaited and what came last, for the message of a time-out.
    public string Awaited { get; private set; } = "the greeting";

    public string? LastSeen { get; private set; }

    public async Task<QmpGreeting> RunAsync(bool enableOutOfBand, CancellationToken cancellationToken)
    {
        QmpGreeting? greeting = null;
        await ReadUntilAsync(line => (greeting = QmpGreeting.Parse(line)) is not null, cancellationToken).ConfigureAwait(false);
        Awaited = "the reply to 'qmp_capabilities'";
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

                LastSeen = Excerpt.Of(line);
                observer.Received(line);
                if (accept(line))
                    return;
            }

            int received = await stream.ReadAsync(buffer.GetFreeSpace(), cancellationToken).ConfigureAwait(false);
            if (received == 0)
                throw SessionEnd.PeerClosed(buffer.Partial, cause: null, quitSent: false).WhileAwaiting(Awaited);

            buffer.Commit(received);
        }
    }

    private delegate bool LineAcceptor(ReadOnlySpan<byte> line);
}
