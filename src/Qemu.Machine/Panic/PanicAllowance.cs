namespace Qemu.Machine;

/// <summary>
/// Until it is disposed of, a panic that it covers neither ends the machine's waits in the same test nor fails the test: for tests
/// that provoke one. One made outside any test, as by a fixture, counts in all. The guest is broken nevertheless: another test's waits on the
/// same machine throw the panic, and what the guest prints after its first panic is a consequence of that one.
/// </summary>
public sealed class PanicAllowance : IDisposable
{
    private readonly TaskCompletionSource<GuestPanic> _occurred = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IMachineScope? _scope;
    private readonly QemuMachine _machine;
    private readonly Action<PanicAllowance> _remove;

    internal PanicAllowance(QemuMachine machine, string? text, IMachineScope? scope, Action<PanicAllowance> remove)
    {
        _scope = scope is { CountsForAll: true } ? null : scope;
        _machine = machine;
        _remove = remove;
        Text = text;
    }

    /// <summary>What a panic's title or trace must hold; null: any panic.</summary>
    public string? Text { get; }

    /// <summary>Waits for the panic.</summary>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QemuTimeoutException">There was none in time; the message shows the last lines of the console.</exception>
    /// <exception cref="GuestPanicException">There was another one, that this does not cover.</exception>
    /// <exception cref="QemuExitedException">QEMU ended without one.</exception>
    public Task<GuestPanic> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _machine.Waits.RunAsync(
        $"the guest of machine {_machine.Name} to panic{(Text is null ? "" : $" with \"{Text}\"")}",
        timeout,
        WaitForItAsync,
        () => _machine.Consoles.Count > 0 ? _machine.Console.Excerpt(ConsoleMark.Start) : null,
        cancellationToken);

    // A panic that ends QEMU is told before the end is; here the end may be heard of first.
    private async Task<GuestPanic> WaitForItAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_occurred.Task.WaitAsync(cancellationToken)).ConfigureAwait(false);
        if (!_occurred.Task.IsCompleted)
            cancellationToken.ThrowIfTaskCancelled();
        return await _occurred.Task.ConfigureAwait(false);
    }

    /// <summary>From now on a panic ends waits and fails the test again.</summary>
    public void Dispose() => _remove(this);

    internal bool Covers(GuestPanic panic) => Text is null
        || panic.Title.Contains(Text, StringComparison.Ordinal)
        || panic.Trace.Contains(Text, StringComparison.Ordinal);

    /// <summary>Whether the waits of a scope go on.</summary>
    internal bool CountsIn(IMachineScope? scope) => _scope is null || ReferenceEquals(_scope, scope);

    internal void SetOccurred(GuestPanic panic) => _occurred.TrySetResult(panic);
}
