namespace Qemu.Testing;

/// <summary>
/// Bounds how many machines start at a time, however parallel the test runner is: a place is held only until the machine
/// is ready.
/// </summary>
/// <remarks>
/// It cannot deadlock: a place is given back by the start's own end, which waits for nobody behind the gate. A start
/// within a start (a readiness condition that starts another machine) goes straight through on its starter's place.
/// </remarks>
internal sealed class StartGate : IDisposable
{
    private static readonly AsyncLocal<StartGate?> s_held = new();

    private static readonly Lazy<StartGate> s_shared = new(
        static () => new StartGate(Math.Min(Environment.ProcessorCount, QemuTestSettings.Current.MaxMachines ?? int.MaxValue)));

    private readonly SemaphoreSlim _places;

    public StartGate(int places) => _places = new SemaphoreSlim(places, places);

    /// <summary>The process's gate: a place for each core, and no more than <c>XUNIT_QEMU_MAX_MACHINES</c>.</summary>
    public static StartGate Shared => s_shared.Value;

    /// <summary>Runs a start once there is a place for it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while queued, or by the start itself.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(s_held.Value, this))
        {
            await start(cancellationToken).ConfigureAwait(false);
            return;
        }

        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            s_held.Value = this; // seen by the start alone: a change in an async method does not reach its caller
            await start(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
