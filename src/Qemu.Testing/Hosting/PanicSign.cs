using Qemu.Machine;
using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>Whether a machine's guest has said that it panicked since the machine was last started.</summary>
internal sealed class PanicSign(QemuMachine machine) : IDisposable
{
    private readonly QmpEventQueue _panics = machine.Events.Subscribe(new QmpEventQueueOptions { Names = ["GUEST_PANICKED"], Capacity = 16 });
    private bool _panicked;

    public bool IsRaised => _panicked |= Drain() > 0;

    /// <summary>Forgets it: the machine was started anew.</summary>
    public void Clear()
    {
        Drain();
        _panicked = false;
    }

    public void Dispose() => _panics.Dispose();

    private int Drain()
    {
        try
        {
            return _panics.TakeAll().Count;
        }
        catch (QmpEventOverflowException)
        {
            return 1; // so many panics that some were lost
        }
    }
}
