namespace Tests.Qemu.Machine;

/// <summary>The system's clock, which shows that somebody waits for a lock: nobody else asks to be woken after just that time.</summary>
internal sealed class LockWaitObserver : TimeProvider
{
    private static readonly TimeSpan s_lockInterval = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waiting => _waiting.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == s_lockInterval)
            _waiting.TrySetResult();
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
