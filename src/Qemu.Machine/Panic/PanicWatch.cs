using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Watches one life of a machine for its guest's panic: on every console, and among QEMU's events. The first one counts.</summary>
internal sealed class PanicWatch
{
    /// <summary>How long an event's panic waits for the console's report, which tells more and may still be on its way.</summary>
    private static readonly TimeSpan s_reportLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _consolesEnded = new();
    private readonly PanicTokens _tokens = new();
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly MachinePanics? _panics;
    private readonly TimeProvider _timeProvider;
    private readonly ConsolePanicReader[] _readers;
    private readonly Func<CpuResetLog?> _cpuResets;
    private readonly QmpEventQueue _events;
    private readonly QmpEventQueue _resets;
    private readonly Task _watching;
    private IReadOnlyList<PanicAllowance> _allowances = [];
    private volatile GuestPanic? _panic;

    /// <param name="context">The machine.</param>
    /// <param name="marks">Where each console stood when this life began.</param>
    /// <param name="connecting">Completes when QMP is there, or will not be.</param>
    /// <param name="cpuResets">What QEMU logs of resets, once it is connecting no more; null for nothing.</param>
    public PanicWatch(MachineContext context, IReadOnlyList<ConsoleMark> marks, Task connecting, Func<CpuResetLog?> cpuResets)
    {
        _cpuResets = cpuResets;
        _panics = context.Panics;
        _timeProvider = context.TimeProvider;
        QemuMachineSpec spec = context.Spec;
        _events = context.Events.Subscribe(new QmpEventQueueOptions { Capacity = 16, Names = spec.PanicEvents, TimeProvider = _timeProvider });
        _resets = context.Events.Subscribe(new QmpEventQueueOptions { Capacity = 16, Names = ["RESET", "SHUTDOWN"], TimeProvider = _timeProvider });
        _readers = spec.PanicRules.IsEmpty
            ? []
            : [.. context.Consoles.Select(console => new ConsolePanicReader(console, marks[console.Number], spec.PanicRules, _timeProvider, context.Logger))];
        Task consoles = Task.WhenAll(_readers.Select(WatchAsync));
        _watching = spec.PanicEvents.IsEmpty
            ? consoles
            : Task.WhenAll(consoles, WatchEventsAsync(connecting, consoles), WatchResetsAsync(connecting, consoles));
    }

    /// <summary>The first panic of this life; null while there is none.</summary>
    public GuestPanic? Panic => _panic;

    /// <summary>What the first panic cancels.</summary>
    public PanicTokens Tokens => _tokens;

    /// <summary>Whether what happens in a scope goes on in spite of the panic.</summary>
    public bool IsAllowedIn(IMachineScope? scope)
    {
        lock (_gate)
            return _allowances.Any(allowance => allowance.CountsIn(scope));
    }

    /// <summary>Looks at what consoles and QMP still gave, and ends. For when both have given their last.</summary>
    public async Task FinishAsync()
    {
        await _consolesEnded.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _events.Dispose();
        _resets.Dispose();
    }

    private async Task WatchAsync(ConsolePanicReader reader)
    {
        if (await reader.ReadAsync(_consolesEnded.Token).ConfigureAwait(false) is { } panic)
            await TellAsync(panic).ConfigureAwait(false);
    }

    private async Task WatchEventsAsync(Task connecting, Task consoles)
    {
        // Before the session begins the queue would report the end of the one before. What fails here is the launch's to tell.
        await Task.WhenAny(connecting).ConfigureAwait(false);
        if (await ReadEventAsync().ConfigureAwait(false) is { } qmpEvent)
            await TellAfterConsolesAsync(PanicEvents.Describe(qmpEvent), consoles).ConfigureAwait(false);
    }

    private async Task WatchResetsAsync(Task connecting, Task consoles)
    {
        await Task.WhenAny(connecting).ConfigureAwait(false);
        if (_cpuResets() is not { } log)
            return;
        bool goesOn;
        do
        {
            goesOn = await WaitForResetAsync().ConfigureAwait(false);
            if (log.FindTripleFault() is { } registers)
            {
                await TellAfterConsolesAsync(PanicEvents.DescribeTripleFault(registers), consoles).ConfigureAwait(false);
                await log.CloseAsync().ConfigureAwait(false);
                return;
            }
        }
        while (goesOn && _panic is null);
        await log.Opened.ConfigureAwait(false);
    }

    /// <summary>Whether there may be another one after this.</summary>
    private async Task<bool> WaitForResetAsync()
    {
        try
        {
            await _resets.ReadAsync(Timeout.InfiniteTimeSpan, _consolesEnded.Token).ConfigureAwait(false);
            return true;
        }
        catch (QmpEventOverflowException)
        {
            return true; // a guest that resets without end; the log tells of all of them
        }
        catch (Exception error) when (error is OperationCanceledException or QmpException)
        {
            return false;
        }
    }

    /// <summary>A console tells more than QEMU does: what it shows, or is still printing, comes first.</summary>
    private async Task TellAfterConsolesAsync(GuestPanic panic, Task consoles)
    {
        using (var limit = new CancellationTokenSource())
        {
            Task patience = Task.Delay(s_reportLimit, _timeProvider, limit.Token);
            await Task.WhenAny(_told.Task, consoles, patience).ConfigureAwait(false);
            await limit.CancelAsync().ConfigureAwait(false);
        }

        if (_readers.Any(reader => reader.IsReading))
            await Task.WhenAny(_told.Task, consoles).ConfigureAwait(false);
        await TellAsync(panic).ConfigureAwait(false);
    }

    private async Task<QmpEvent?> ReadEventAsync()
    {
        try
        {
            return await _events.ReadAsync(Timeout.InfiniteTimeSpan, _consolesEnded.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or QmpException)
        {
            // The session ended, or the machine; an event that was its last word is in the queue even so.
            return _events.TryTake(out QmpEvent? last) ? last : null;
        }
    }

    private async Task TellAsync(GuestPanic panic)
    {
        lock (_gate)
        {
            if (_panic is not null)
                return;
            _allowances = _panics?.FindAllowances(panic) ?? [];
            _panic = panic = panic with { IsAllowed = _allowances.Count > 0 };
        }

        _told.SetResult();
        await _tokens.CancelAsync(IsAllowedIn).ConfigureAwait(false);
        foreach (PanicAllowance allowance in _allowances)
            allowance.SetOccurred(panic);
        _panics?.Tell(panic);
    }
}
