using System.Runtime.InteropServices;

namespace Qemu.Qmp;

// A descriptor that goes with the bytes of a batch from Start to End. It is kept open until it was handed to the transport, or will not be.
internal sealed class OutgoingDescriptor
{
    private readonly TaskCompletionSource _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutgoingDescriptor(SafeHandle handle, int start)
    {
        bool borrowed = false;
        handle.DangerousAddRef(ref borrowed);
        Handle = handle;
        Start = start;
    }

    public SafeHandle Handle { get; }

    public int Start { get; }

    public int End { get; set; }

    public Task Task => _outcome.Task;

    public void Sent()
    {
        if (_outcome.TrySetResult())
            Handle.DangerousRelease();
    }

    public void Refused(Exception error)
    {
        if (_outcome.TrySetException(error))
            Handle.DangerousRelease();
    }

    // The session ended first; whoever waits learns that from the session.
    public void Dropped() => Sent();
}
