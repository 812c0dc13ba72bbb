using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Qemu.Qmp;

// Awaits a read, and delivers the last reply here once the loop's continuation is registered: from then on another thread reads on,
// whatever this one is made to do.
internal readonly struct NextRead(ValueTask<int> read, LastReply lastReply) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read = read.ConfigureAwait(false).GetAwaiter();

    public bool IsCompleted
    {
        get
        {
            if (!_read.IsCompleted)
                return false;

            // There is more to read already: the loop goes on, and the reply must not wait for it.
            lastReply.DeliverElsewhere();
            return true;
        }
    }

    public NextRead GetAwaiter() => this;

    [SuppressMessage("Usage", "VSTHRD002", Justification = "This is the awaiter: the read is complete when the compiler's code asks.")]
    public int GetResult() => _read.GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        PendingCommand? last = lastReply.Take();    // before the loop may run again
        _read.UnsafeOnCompleted(continuation);
        last?.Deliver();
    }
}
