using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// The one way to wait on a guest: every wait races the guest's panic, the caller's cancellation, the scope's, QEMU's end and
/// its own deadline, and each of the five is told apart.
/// </summary>
internal sealed class GuestWaits(string machineName, TimeProvider timeProvider, QemuSettings settings, MachineLives lives)
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public TimeProvider TimeProvider => timeProvider;

    /// <param name="awaited">What is waited for, to stand after "waited 5 s for".</param>
    /// <param name="timeout">The deadline; null: 30 s times the settings' factor.</param>
    /// <param name="wait">The wait itself. It may look at what is there already before it honours its token.</param>
    /// <param name="lastSeen">What was seen instead, for the time-out's message.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="endsAtPanic">Whether the guest's panic ends it.</param>
    /// <param name="endsWithSession">Whether the wait ends by itself with the QMP session, once it has looked at what came before that.</param>
    public async Task<T> RunAsync<T>(
        string awaited,
        TimeSpan? timeout,
        Func<CancellationToken, Task<T>> wait,
        Func<string?> lastSeen,
        CancellationToken cancellationToken,
        bool endsAtPanic = true,
        bool endsWithSession = false)
    {
        MachineGeneration? current = lives.Current;
        if (endsAtPanic)
            ThrowIfPanicked(current);
        cancellationToken.ThrowIfTaskCancelled();
        TimeSpan limit = TimeLimits.Require(timeout ?? settings.Scale(DefaultTimeout), nameof(timeout));
        CancellationToken scope = MachineScope.Current?.CancellationToken ?? default;
        scope.ThrowIfTaskCancelled();
        CancellationToken ended = endsWithSession && current?.Qmp is not null ? default : current?.EndedToken ?? lives.FirstEnded;
        using var deadline = new CancellationTokenSource(limit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(
            [cancellationToken, scope, deadline.Token, ended, endsAtPanic && current is not null ? current.Panics.Tokens.For(MachineScope.Current) : default]);
        try
        {
            return await wait(linked.Token).ConfigureAwait(false);
        }
        catch (QmpDisconnectedException error) when ((current ?? lives.First) is { } generation)
        {
            QemuException explanation = await generation.ExplainAsync(error).ConfigureAwait(false);
            if (endsAtPanic)
                ThrowIfPanicked(generation);
            throw explanation;
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            // Away from whoever cancelled: what the caller does next must not hold up the others that wait.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

            // The panic first: whoever runs the test cancels it because of the panic.
            if (endsAtPanic)
                ThrowIfPanicked(current ?? lives.First);
            cancellationToken.ThrowIfTaskCancelled();
            scope.ThrowIfTaskCancelled();
            if (!ended.IsCancellationRequested)
                throw new QemuTimeoutException(awaited, limit, lastSeen());
            throw (current ?? lives.First)?.CreateExitedException() ?? (Exception)new ObjectDisposedException(nameof(QemuMachine), $"Waited for {awaited}.");
        }
    }

    private void ThrowIfPanicked(MachineGeneration? generation)
    {
        if (generation?.Panic is { } panic && !generation.Panics.IsAllowedIn(MachineScope.Current))
            throw new GuestPanicException(machineName, panic);
    }
}
