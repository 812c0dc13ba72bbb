using Microsoft.Extensions.Logging;

namespace Qemu.Qmp;

// Shields the session from the observer that the user gave, if any.
internal sealed class SessionObserver(IQmpObserver? observer, ILogger logger)
{
    public void Sent(ReadOnlySpan<byte> line)
    {
        if (observer is null)
            return;

        try
        {
            observer.Sent(line);
        }
        catch (Exception error)
        {
            logger.LogError(error, "The QMP observer failed on a sent line");
        }
    }

    public void Received(ReadOnlySpan<byte> line)
    {
        if (observer is null)
            return;

        try
        {
            observer.Received(line);
        }
        catch (Exception error)
        {
            logger.LogError(error, "The QMP observer failed on a received line");
        }
    }
}
