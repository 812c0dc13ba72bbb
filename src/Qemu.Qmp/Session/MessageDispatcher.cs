using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Qemu.Qmp;

// Takes each message where it belongs: replies to the command that waits for them, events to the hub.
internal sealed class MessageDispatcher(PendingCommands pending, LastReply replies, QmpEventHub events, TimeProvider timeProvider, ILogger logger)
{
    // The last message, a QmpEvent or the PendingCommand that was answered: described only when a time-out asks.
    private volatile object? _lastSeen;

    public string? DescribeLastSeen() => _lastSeen switch
    {
        QmpEvent seen => $"the event {seen}",
        PendingCommand seen => seen.What,
        _ => null,
    };

    public void Dispatch(ReadOnlySpan<byte> line)
    {
        if (QmpMessage.IsBlank(line))
            return;

        QmpMessage message = QmpMessage.Parse(line);
        if (message.Kind == QmpMessageKind.Event)
            Publish(message);
        else if (message.Kind == QmpMessageKind.Reply)
            Answer(message, line);
        else
            throw new QmpProtocolException("a second greeting came", Excerpt.Of(line));
    }

    public void Publish(QmpMessage message)
    {
        QmpEvent qmpEvent = new(message, timeProvider.GetUtcNow());
        _lastSeen = qmpEvent;
        events.Publish(qmpEvent);
    }

    private void Answer(in QmpMessage reply, ReadOnlySpan<byte> line)
    {
        PendingCommand? command = reply.Id.ValueKind == JsonValueKind.Undefined
            ? TakeWithoutId(line)
            : TakeById(reply.Id, line);
        if (command is null)
            return;

        _lastSeen = command;
        if (command.TryAnswer(new QmpResponse(reply)))
            replies.Add(command);
        else
            logger.LogDebug("Dropped the late reply to QMP command '{Command}', which had timed out or was cancelled", command.Name);
    }

    private PendingCommand? TakeById(JsonElement id, ReadOnlySpan<byte> line)
    {
        PendingCommand? command = id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) ? pending.Take(number) : null;
        if (command is null)
            logger.LogWarning("Ignored a QMP reply whose id belongs to no command: {Line}", Excerpt.Of(line));

        return command;
    }

    // QEMU leaves the id out when it could not parse a command. With one command unanswered it must be that one;
    // with several nobody can tell which of them will never be answered.
    private PendingCommand? TakeWithoutId(ReadOnlySpan<byte> line)
    {
        PendingCommand? command = pending.TakeOnly(out int unanswered);
        if (unanswered > 1)
            throw new QmpProtocolException($"a reply has no id while {unanswered} commands are unanswered", Excerpt.Of(line));

        logger.LogWarning("A QMP reply has no id: {Line}", Excerpt.Of(line));
        return command;
    }
}
