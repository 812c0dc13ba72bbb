using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Keeps clones of a template ready ahead of those who want one: they are loaded and stand still, and taking one only lets it run. Thread-safe.</summary>
/// <remarks>A waiting clone takes memory, but no CPU time. Clones are made one after the other, in the background.</remarks>
public sealed class QemuClonePool : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Task<PreparedClone>> _waiting = [];
    private readonly CancellationTokenSource _end = new();
    private readonly QemuTemplate _template;
    private readonly Func<QemuMachine, CancellationToken, Task<IDisposable?>>? _count;
    private Task _latest = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Starts making clones.</summary>
    /// <param name="template">What they are made from; it must outlive the pool.</param>
    /// <param name="size">How many are kept ready.</param>
    public QemuClonePool(QemuTemplate template, int size)
        : this(template, size, count: null)
    {
    }

    /// <param name="template">What they are made from.</param>
    /// <param name="size">How many are kept ready.</param>
    /// <param name="count">Gives one that is kept its share of the host, without waiting; null: they are not counted until they are taken.</param>
    internal QemuClonePool(QemuTemplate template, int size, Func<QemuMachine, CancellationToken, Task<IDisposable?>>? count)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _template = template;
        _count = count;
        for (int i = 0; i < size; i++)
            Refill();
    }

    /// <summary>How many clones are ready at the moment.</summary>
    public int Ready
    {
        get
        {
            lock (_gate)
                return _waiting.Count(clone => clone.IsCompletedSuccessfully);
        }
    }

    /// <summary>Waits until clones are ready: those that the pool holds at the moment, not those that are made in their place when they are taken meanwhile.</summary>
    /// <param name="count">How many; null: as many as the pool keeps.</param>
    /// <param name="cancellationToken">Ends the wait; the clones go on being made.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pool does not keep so many.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <exception cref="QemuTemplateException">One of them did not come up; the caller that takes it gets another.</exception>
    public Task WaitUntilReadyAsync(int? count = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int wanted = count ?? _waiting.Count;
            ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(count));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, _waiting.Count, nameof(count));
            return Task.WhenAll(_waiting.Take(wanted)).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes a clone, running; it is the caller's, and another is made in its place. Where the one that was kept ready has failed, a machine is cloned, or booted, now.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <inheritdoc cref="QemuMachine.StartAsync" path="/exception"/>
    public async Task<QemuMachine> TakeAsync(CancellationToken cancellationToken = default)
    {
        long start = _template.Spec.TimeProvider.GetTimestamp();
        Task<PreparedClone> next;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            next = _waiting.Dequeue();
            Refill();
        }

        QemuMachine? machine = await ReceiveAsync(next, cancellationToken).ConfigureAwait(false);
        if (machine is null)
            return await _template.CloneAsync(cancellationToken).ConfigureAwait(false);
        machine.LatestStart = new MachineStart(MachineStartKind.Clone, _template.Spec.TimeProvider.GetElapsedTime(start), Reason: null);
        return machine;
    }

    /// <summary>Ends the clones that nobody took.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<PreparedClone>[] waiting;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        await _end.CancelAsync().ConfigureAwait(false);
        foreach (Task<PreparedClone> clone in waiting)
            await DropAsync(clone).ConfigureAwait(false);
        _end.Dispose();
    }

    private void Refill()
    {
        // Who takes a clone is not who the next one belongs to: nothing of the taker's surroundings goes along.
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        Task before = _latest;
        Task<PreparedClone> clone = Task.Run(() => PrepareAsync(before));
        _latest = clone;
        _waiting.Enqueue(clone);
    }

    private async Task<PreparedClone> PrepareAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Token.ThrowIfCancellationRequested();
        QemuMachine machine = _template.CreateClone(adopted: false);
        try
        {
            var room = new KeptRoom(_count is null ? null : await _count(machine, _end.Token).ConfigureAwait(false));
            using var admission = StartAdmission.Of(machine, room);
            admission.Enter();
            await new CloneStart(machine, _template).PrepareAsync(_end.Token).ConfigureAwait(false);
            return new PreparedClone(machine, room);
        }
        catch
        {
            await machine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A clone that was prepared, running; null when it was not, or has died since.</summary>
    private async Task<QemuMachine?> ReceiveAsync(Task<PreparedClone> clone, CancellationToken cancellationToken)
    {
        try
        {
            (QemuMachine machine, KeptRoom room) = await clone.WaitAsync(cancellationToken).ConfigureAwait(false);

            // Who takes it has one machine more, as if he had started it.
            room.Replace(await StartAdmission.ForLaunchAsync(machine, cancellationToken).ConfigureAwait(false));
            machine.Adopt();
            await new CloneStart(machine, _template).ResumeAsync(cancellationToken).ConfigureAwait(false);
            return machine;
        }
        catch (Exception error)
        {
            await DropAsync(clone).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(clone.IsCanceled, this); // only the pool's end cancels it
            if (error is OperationCanceledException || error is not QemuException and not IOException)
                throw;
            _template.Spec.Logger.LogWarning(error, "A clone that was kept ready is of no use; another is made");
            return null;
        }
    }

    private static async Task DropAsync(Task<PreparedClone> clone)
    {
        await ((Task)clone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!clone.IsCompletedSuccessfully)
            return;
        QemuMachine machine = (await clone.ConfigureAwait(false)).Machine;
        await machine.KillAsync().ConfigureAwait(false);
        await machine.DisposeAsync().ConfigureAwait(false);
    }
}
