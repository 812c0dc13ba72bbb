using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>
/// One subscriber's own bounded queue of events, in order of arrival. Thread-safe; any number of waits may be under way, and each event goes to one of them,
/// the oldest that wants it. A wait takes the first event that matches, earlier unclaimed ones included, and leaves the others queued.
/// <para>
/// Time-outs are one deadline each, and the queue's <see cref="QmpEventQueueOptions.DefaultTimeout"/> when not given. When the queue overflowed, the next call
/// throws <see cref="QmpEventOverflowException"/> once. After a time-out, a cancellation or an overflow the queue is as usable as before.
/// </para>
/// </summary>
public sealed class QmpEventQueue : IDisposable
{
    private readonly QmpEventHub _hub;
    private readonly EventBacklog _backlog;
    private readonly QmpEventQueueOptions _options;
    private readonly HashSet<string>? _names;

    internal QmpEventQueue(QmpEventHub hub, QmpEventQueueOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        Durations.RequireTimeout(options.DefaultTimeout, nameof(options));
        _hub = hub;
        _options = options;
        _names = options.Names is null ? null : new HashSet<string>(options.Names, StringComparer.Ordinal);
        _backlog = new EventBacklog(options.Capacity);
    }

    /// <summary>How many events are queued.</summary>
    public int Count => _backlog.Count;

    /// <summary>Takes the oldest event, if there is one.</summary>
    /// <exception cref="QmpEventOverflowException">Events were lost.</exception>
    public bool TryTake([NotNullWhen(true)] out QmpEvent? qmpEvent) => _backlog.TryTake(out qmpEvent);

    /// <summary>Takes all queued events, oldest first.</summary>
    /// <exception cref="QmpEventOverflowException">Events were lost.</exception>
    public IReadOnlyList<QmpEvent> TakeAll() => _backlog.TakeAll();

    /// <summary>Takes all queued events of some names out, and forgets them.</summary>
    public void Discard(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _backlog.Discard(names);
    }

    /// <summary>Takes the oldest event, or waits for the next.</summary>
    /// <exception cref="QmpTimeoutException">None came in time.</exception>
    /// <exception cref="QmpDisconnectedException">The session is over and nothing is queued.</exception>
    /// <exception cref="QmpEventOverflowException">Events were lost.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public Task<QmpEvent> ReadAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync([], timeout, cancellationToken);

    /// <summary>Takes the first event of that name, or waits for it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<QmpEvent> WaitAsync(string name, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync([new QmpEventPattern(name)], timeout, cancellationToken);

    /// <summary>Takes the first event of that name, or waits for it as long as the queue's default time-out allows.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<QmpEvent> WaitAsync(string name, CancellationToken cancellationToken) =>
        WaitAsync([new QmpEventPattern(name)], timeout: null, cancellationToken);

    /// <summary>Takes the first event of that name whose data matches a JSON pattern, or waits for it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<QmpEvent> WaitAsync(string name, JsonElement match, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>Takes the first event of that name whose data matches a dictionary, keys verbatim, or waits for it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    public Task<QmpEvent> WaitAsync(string name, IReadOnlyDictionary<string, object?> match, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>
    /// Takes the first event of that name whose data matches an object's properties, or waits for it:
    /// <c>WaitAsync("RESET", new { guest = false })</c>. In property names <c>_</c> stands for <c>-</c> and <c>__</c> for <c>_</c>.
    /// </summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public Task<QmpEvent> WaitAsync(string name, object match, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync([new QmpEventPattern(name, match)], timeout, cancellationToken);

    /// <summary>Takes the first event that matches any of the patterns, or waits for it.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception"/>
    /// <exception cref="ArgumentException">No pattern is given.</exception>
    public Task<QmpEvent> WaitAnyAsync(IEnumerable<QmpEventPattern> patterns, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        QmpEventPattern[] all = [.. patterns];
        return all.Length > 0
            ? WaitAsync(all, timeout, cancellationToken)
            : throw new ArgumentException("At least one pattern is needed.", nameof(patterns));
    }

    /// <summary>
    /// All events as they come, without a time-out. Ends when the queue is disposed; throws <see cref="QmpDisconnectedException"/> when the session is over
    /// and everything queued was given.
    /// </summary>
    /// <exception cref="QmpDisconnectedException">The session is over and nothing is queued.</exception>
    /// <exception cref="QmpEventOverflowException">Events were lost. Enumerate anew to go on.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<QmpEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            QmpEvent next;
            try
            {
                next = await ReadAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                yield break;
            }

            yield return next;
        }
    }

    /// <summary>Unsubscribes. Waits under way throw <see cref="ObjectDisposedException"/>; what is queued can still be taken.</summary>
    public void Dispose()
    {
        _hub.Remove(this);
        _backlog.Dispose();
    }

    internal void Begin() => _backlog.Begin();

    internal void End(Exception cause) => _backlog.End(cause);

    internal void Offer(QmpEvent qmpEvent)
    {
        if (_names is null || _names.Contains(qmpEvent.Name))
            _backlog.Offer(qmpEvent);
    }

    private Task<QmpEvent> WaitAsync(QmpEventPattern[] patterns, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan limit = timeout ?? _options.DefaultTimeout;
        Durations.RequireTimeout(limit, nameof(timeout));
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<QmpEvent>(cancellationToken)
            : _backlog.WaitAsync(new EventWaiter(_backlog, patterns, limit), _options.TimeProvider, cancellationToken);
    }
}
