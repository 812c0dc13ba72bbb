using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>The lives of a machine, one after the other: who may start one, and what ending the present one means.</summary>
internal sealed class MachineLives(string machineName)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _firstEnded = new();
    private MachineGeneration? _first;
    private volatile MachineGeneration? _current;
    private bool _starting;
    private bool _endReported;
    private bool _disposed;

    /// <summary>The life under way, else the latest; null before the first.</summary>
    public MachineGeneration? Current => _current;

    /// <summary>The first life; null before it.</summary>
    public MachineGeneration? First
    {
        get
        {
            lock (_gate) // not before Start has noted it
                return _first;
        }
    }

    /// <summary>Cancelled when the first life has ended, or will never begin: for those who wait before there is one.</summary>
    public CancellationToken FirstEnded => _firstEnded.Token;

    /// <summary>Starts a life and waits until QMP is ready.</summary>
    public async Task LaunchAsync(Func<MachineContext> context, CancellationToken cancellationToken)
    {
        await ClaimStartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            MachineGeneration generation = Start(context);
            try
            {
                await generation.WaitForQmpAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // Whatever it was, nothing is left. The caller hears of this end now; a later shutdown has nothing more to tell.
                await generation.KillAsync(MachineEndCause.Killed).ConfigureAwait(false);
                lock (_gate)
                    _endReported = true;
                throw;
            }
        }
        finally
        {
            lock (_gate)
                _starting = false;
        }
    }

    /// <summary>Ends the life under way. Does nothing when there is none, or when its end was reported before.</summary>
    /// <param name="timeout">The deadline.</param>
    /// <param name="end">How: asks for the end or waits for it, and forces it; gives what went wrong.</param>
    /// <exception cref="AbnormalShutdownException">It did not end as it should have.</exception>
    public async Task EndAsync(TimeSpan timeout, Func<GracefulEnd, TimeSpan, Task<Exception?>> end)
    {
        MachineGeneration? generation;
        lock (_gate)
        {
            generation = _current;
            if (generation is null || _endReported)
                return;
        }

        Exception? problem = null;
        try
        {
            if (generation.IsRunning)
                problem = await end(new GracefulEnd(generation), timeout).ConfigureAwait(false);
        }
        finally
        {
            if (!generation.IsRunning)
                await generation.Ended.ConfigureAwait(false);
        }

        // Still there: not even SIGKILL ends a process that the kernel keeps in an uninterruptible wait.
        MachineEnd outcome = generation.Outcome ?? new MachineEnd(MachineEndCause.Forced, ExitCode: null, TerminatingSignal: null, IsAbnormal: true);
        lock (_gate)
            _endReported |= generation == _current && generation.Outcome is not null;
        if (outcome.IsAbnormal)
            throw new AbnormalShutdownException(machineName, outcome, generation.Log, problem);
    }

    public Task KillAsync()
    {
        MachineGeneration? generation;
        lock (_gate) // a process that was started this moment is one to be killed
            generation = _current;
        return generation?.KillAsync(MachineEndCause.Killed) ?? Task.CompletedTask;
    }

    /// <summary>From here on nothing is launched any more; what runs is ended.</summary>
    public async Task DisposeAsync(TimeSpan timeout, ILogger logger)
    {
        lock (_gate)
            _disposed = true;
        try
        {
            await EndAsync(timeout, static (end, limit) => end.RunAsync(limit, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (AbnormalShutdownException error)
        {
            logger.LogWarning(error, "Machine {Machine} ended abnormally", machineName);
        }

        if (_current is null)
            await _firstEnded.CancelAsync().ConfigureAwait(false);
        else if (!_current.IsRunning)
            await _current.Life.ConfigureAwait(false);
    }

    private async Task ClaimStartAsync(CancellationToken cancellationToken)
    {
        MachineGeneration? previous;
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_starting || _current is { IsRunning: true })
                throw new InvalidOperationException($"Machine {machineName} is launched already: shut it down first.");
            _starting = true;
            previous = _current;
        }

        try
        {
            if (previous is not null)
                await previous.Life.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
                _starting = false;
            throw;
        }
    }

    private MachineGeneration Start(Func<MachineContext> context)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            MachineGeneration generation = MachineGeneration.Start(context(), _first is null ? _firstEnded : new CancellationTokenSource());
            _first ??= generation;
            _current = generation;
            _endReported = false;
            return generation;
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(QemuMachine));
}
