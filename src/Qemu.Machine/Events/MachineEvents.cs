using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// A machine's QMP events, over all its launches. Each test has a backlog of its own that begins when the test does:
/// events that came earlier in the test count for its waits, those another test took do not go missing. Thread-safe.
/// </summary>
/// <remarks>
/// A wait takes the first event that matches and leaves the rest in order. A backlog holds 10,000 unclaimed events; what
/// is lost beyond that is thrown to the next wait as <see cref="QmpEventOverflowException"/>, never silently dropped.
/// </remarks>
public sealed class MachineEvents
{
    private const string Reflection = "Reads the properties of an arbitrary object. Pass a dictionary or a JsonElement instead.";

    private readonly QmpEventHub _hub;
    private readonly ScopeViews _views;
    private readonly GuestWaits _waits;

    internal MachineEvents(QmpEventHub hub, ScopeViews views, GuestWaits waits)
    {
        _hub = hub;
        _views = views;
        _waits = waits;
    }

    private QmpEventQueue Queue => _views.Current.Events;

    /// <summary>A queue of your own, independent of the backlog; it misses nothing that happens after this call.</summary>
    public QmpEventQueue Subscribe(QmpEventQueueOptions? options = null) => _hub.Subscribe(options);

    /// <summary>Takes the oldest event that nobody claimed, if there is one.</summary>
    /// <exception cref="QmpEventOverflowException">Events were lost because too many went unclaimed; thrown once.</exception>
    public bool TryTake([NotNullWhen(true)] out QmpEvent? qmpEvent) => Queue.TryTake(out qmpEvent);

    /// <summary>Takes all events that nobody claimed, in order of arrival.</summary>
    /// <exception cref="QmpEventOverflowException">Events were lost because too many went unclaimed; thrown once.</exception>
    public IReadOnlyList<QmpEvent> TakeAll() => Queue.TakeAll();

    /// <summary>Takes the oldest event, waiting for one when there is none.</summary>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait; no event is lost.</param>
    /// <inheritdoc cref="WaitAnyAsync" path="/exception"/>
    public Task<QmpEvent> ReadAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        QmpEventQueue queue = Queue;
        return RunAsync(token => queue.ReadAsync(timeout, token), cancellationToken);
    }

    /// <summary>Waits for an event by its name.</summary>
    /// <inheritdoc cref="WaitAnyAsync"/>
    public Task<QmpEvent> WaitAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAnyAsync([new QmpEventPattern(name)], timeout, cancellationToken);

    /// <summary>Waits for an event by its name, 30 s at most, scaled by the settings.</summary>
    /// <inheritdoc cref="WaitAnyAsync"/>
    public Task<QmpEvent> WaitAsync(string name, CancellationToken cancellationToken) =>
        WaitAnyAsync([new QmpEventPattern(name)], timeout: null, cancellationToken);

    /// <summary>Waits for an event by its name and a pattern of its data: <c>new { guest = false }</c>.</summary>
    /// <inheritdoc cref="WaitAnyAsync"/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<QmpEvent> WaitAsync(string name, object match, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAnyAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>Waits for an event by its name and a pattern of its data.</summary>
    /// <inheritdoc cref="WaitAnyAsync"/>
    public Task<QmpEvent> WaitAsync(string name, JsonElement match, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAnyAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>Waits for an event by its name and a pattern of its data.</summary>
    /// <inheritdoc cref="WaitAnyAsync"/>
    public Task<QmpEvent> WaitAsync(
        string name,
        IReadOnlyDictionary<string, object?> match,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        WaitAnyAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>Waits for the first event that one of several patterns matches. Earlier unclaimed events count; the others stay queued.</summary>
    /// <param name="patterns">What to wait for.</param>
    /// <param name="timeout">The one deadline, however many other events come; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait; no event is lost.</param>
    /// <exception cref="QmpTimeoutException">None came in time; the message shows the last events. The session stays usable.</exception>
    /// <exception cref="QemuExitedException">QEMU ended, and none was among what it had sent.</exception>
    /// <exception cref="QmpEventOverflowException">Events were lost because too many went unclaimed; thrown once.</exception>
    public Task<QmpEvent> WaitAnyAsync(IEnumerable<QmpEventPattern> patterns, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        QmpEventPattern[] wanted = [.. patterns];
        QmpEventQueue queue = Queue;
        return RunAsync(token => queue.WaitAnyAsync(wanted, timeout, token), cancellationToken);
    }

    // The queue keeps the deadline itself: it knows which events came instead.
    private Task<QmpEvent> RunAsync(Func<CancellationToken, Task<QmpEvent>> wait, CancellationToken cancellationToken) =>
        _waits.RunAsync("an event", Timeout.InfiniteTimeSpan, wait, () => null, cancellationToken, endsWithSession: true);
}
