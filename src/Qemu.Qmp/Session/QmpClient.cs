using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Qemu.Qmp;

/// <summary>
/// A QMP session over one connection: commands out, replies and events in. Thread-safe; any number of commands may be in flight, and replies find them by id.
/// It ends once, by whatever ends it first, and says so to every waiter: see <see cref="Disconnected"/>.
/// </summary>
public sealed class QmpClient : QmpChannel, IAsyncDisposable
{
    // After a failed write, what the peer wrote before it went is still read, for this long at most.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly QmpClientOptions _options;
    private readonly LineBuffer _buffer;
    private readonly SessionObserver _observer;
    private readonly PendingCommands _pending;
    private readonly LastReply _lastReply = new();
    private readonly MessageDispatcher _dispatcher;
    private readonly CommandWriter _writer;
    private readonly DescriptorLane _descriptors;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<QmpDisconnectedException> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _drainTimer;
    private Task _reading = Task.CompletedTask;
    private QmpDisconnectedException? _cause;   // the first cause; from then on the rest is drained
    private int _ended;
    private int _disposing;
    private volatile bool _quitSent;

    private QmpClient(Stream stream, QmpClientOptions options)
    {
        _stream = stream;
        _options = options;
        Events = options.Events ?? new QmpEventHub();
        _buffer = new LineBuffer(options.MaximumLineLength);
        _observer = new SessionObserver(options.Observer, options.Logger);
        _pending = new PendingCommands(options.TimeProvider, () => _dispatcher?.DescribeLastSeen());
        _dispatcher = new MessageDispatcher(_pending, _lastReply, Events, options.TimeProvider, options.Logger);
        _writer = new CommandWriter(stream, _observer, OnWriteFailed, _stopping.Token);
        _descriptors = new DescriptorLane(_writer, _pending, Disconnected, options.TimeProvider);
        _drainTimer = options.TimeProvider.CreateTimer(static state => ((QmpClient)state!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What QEMU said when the connection was made.</summary>
    public QmpGreeting Greeting { get; private set; } = new(new Version(0, 0, 0), "", []);

    /// <summary>Where the session's events go: the hub of the options, or one of its own. Subscribe before sending the command that causes the event.</summary>
    public QmpEventHub Events { get; }

    /// <summary>Completes, never faulted, when the session ends, with the first cause. By then every command and event wait has been told.</summary>
    public Task<QmpDisconnectedException> Disconnected => _disconnected.Task;

    /// <summary>
    /// Starts a session: reads the greeting, sends <c>qmp_capabilities</c>, and is done when QEMU has replied, which it does once its devices and disks are open.
    /// </summary>
    /// <param name="stream">The connection. The client owns it from now on; it is disposed when connecting fails, too.</param>
    /// <param name="options">How to run the session; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up connecting; the session itself does not depend on it.</param>
    /// <exception cref="QmpProtocolException">The peer does not speak QMP.</exception>
    /// <exception cref="QmpDisconnectedException">The peer closed the connection first.</exception>
    /// <exception cref="QmpTimeoutException">It took longer than <see cref="QmpClientOptions.NegotiationTimeout"/>.</exception>
    /// <exception cref="QmpCommandException">The peer refused <c>qmp_capabilities</c>; with <see cref="QmpClientOptions.EnableOutOfBand"/>, mostly because it lacks them.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<QmpClient> ConnectAsync(Stream stream, QmpClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new QmpClientOptions();
        QmpClientOptions.Validate(options);

        // Timers and loops belong to the session and not to the test, say, in which it was started.
        QmpClient client;
        using (ExecutionContext.SuppressFlow())
            client = new QmpClient(stream, options);

        try
        {
            client.Events.Begin();
            QmpHandshake handshake = new(stream, client._buffer, client._observer, client._dispatcher.Publish);
            client.Greeting = await handshake.RunAsync(options, cancellationToken).ConfigureAwait(false);
            client.StartReading();
            return client;
        }
        catch (Exception error)
        {
            client.EndWith(SessionEnd.From(error, partial: default, quitSent: false), drain: TimeSpan.Zero);
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<QmpResponse> SendAsync(QmpCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<QmpResponse>(cancellationToken);
        if (command.OutOfBand && !_options.EnableOutOfBand)
            throw new InvalidOperationException($"'{command.Name}' is out-of-band: connect with {nameof(QmpClientOptions)}.{nameof(QmpClientOptions.EnableOutOfBand)}.");
        if (string.Equals(command.Name, "quit", StringComparison.Ordinal))
            _quitSent = true;

        TimeSpan timeout = command.Timeout ?? _options.CommandTimeout;
        if (command.Descriptor is not null)
            return _descriptors.SendWithAsync(command.Descriptor, command, timeout, cancellationToken);

        PendingCommand pending = _pending.Add(command, timeout, cancellationToken, out long id);
        _writer.Send(command, id);
        return pending.Task;
    }

    /// <summary>
    /// Sends a file descriptor on its own (SCM_RIGHTS). QEMU keeps the last one that came, for the next <c>getfd</c> or <c>add-fd</c>;
    /// where commands are sent from several places, <see cref="QmpCommand.Descriptor"/> is the safe way.
    /// </summary>
    /// <param name="descriptor">QEMU gets a duplicate; it may be closed when this has returned.</param>
    /// <param name="cancellationToken">Gives up waiting; the descriptor may be sent all the same.</param>
    /// <exception cref="QmpDescriptorException">The transport cannot carry descriptors, or the kernel refused this one.</exception>
    /// <exception cref="QmpTimeoutException">The peer did not take it within <see cref="QmpClientOptions.CommandTimeout"/>; it may still be sent.</exception>
    /// <exception cref="QmpDisconnectedException">The session is over.</exception>
    /// <exception cref="PlatformNotSupportedException">The host is not 64-bit Linux.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task SendFileDescriptorAsync(SafeHandle descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return _descriptors.SendAloneAsync(descriptor, _options.CommandTimeout, cancellationToken);
    }

    /// <summary>
    /// Ends the session at once, unless it is over already: every waiter hears of <paramref name="cause"/>. For one that knows the reason better than
    /// the session can, such as the owner of the process that exited. Does not wait and does not dispose.
    /// </summary>
    public void Abort(Exception cause) => Abort(cause, TimeSpan.Zero);

    /// <summary>
    /// Ends the session with this cause, unless it has one already, once everything that the peer had sent was read, or after <paramref name="drain"/> at the latest.
    /// So the last events of a process that exited are not lost. Replies that are still read complete their commands.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="drain"/> is negative.</exception>
    public void Abort(Exception cause, TimeSpan drain)
    {
        ArgumentNullException.ThrowIfNull(cause);
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        EndWith(SessionEnd.Aborted(cause, _quitSent), drain);
    }

    /// <summary>Ends the session if it is not over, closes the connection, and returns when nothing of the session runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
        {
            await _disposed.Task.ConfigureAwait(false);
            return;
        }

        EndWith(SessionEnd.Closed(_quitSent), drain: TimeSpan.Zero);
        await Disconnected.ConfigureAwait(false);    // another thread may be ending it just now
        await CloseStreamAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _pending.DisposeAsync().ConfigureAwait(false);
        await _drainTimer.DisposeAsync().ConfigureAwait(false);
        _buffer.Dispose();
        _stopping.Dispose();
        _disposed.SetResult();
    }

    private void StartReading()
    {
        _options.Logger.LogDebug("QMP session with QEMU {Version} {Package} started", Greeting.Version, Greeting.Package);
        using (ExecutionContext.SuppressFlow())
            _reading = Task.Run(ReadAsync);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                while (Volatile.Read(ref _ended) == 0 && _buffer.TryTakeLine(out ReadOnlySpan<byte> line))
                {
                    _observer.Received(line);
                    _dispatcher.Dispatch(line);
                }

                int received = await new NextRead(_stream.ReadAsync(_buffer.GetFreeSpace(), _stopping.Token), _lastReply);
                if (received == 0)
                {
                    EndWith(SessionEnd.PeerClosed(_buffer.Partial, cause: null, _quitSent), drain: TimeSpan.Zero);
                    return;
                }

                _buffer.Commit(received);
            }
        }
        catch (Exception error)
        {
            EndWith(SessionEnd.From(error, _buffer.Partial, _quitSent), drain: TimeSpan.Zero);
        }
        finally
        {
            _lastReply.DeliverElsewhere();
        }
    }

    private void OnWriteFailed(Exception error) => EndWith(SessionEnd.From(error, partial: default, _quitSent), DrainTime);

    // The one place where a session ends: the first cause is kept, and once the drain is over everyone hears it.
    private void EndWith(QmpDisconnectedException cause, TimeSpan drain)
    {
        Interlocked.CompareExchange(ref _cause, cause, null);
        if (drain == TimeSpan.Zero)
            End();
        else
            _drainTimer.Change(drain, Timeout.InfiniteTimeSpan);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;

        QmpDisconnectedException cause = _cause!;
        LogLevel level = cause.IsExpected || cause.Reason is QmpDisconnectReason.Closed or QmpDisconnectReason.Aborted ? LogLevel.Debug : LogLevel.Warning;
        _options.Logger.Log(level, "QMP session ended: {Cause}", cause.Description);
        _pending.End(cause);
        Events.End(cause);
        _stopping.Cancel();
        _disconnected.TrySetResult(cause);
    }

    private async ValueTask CloseStreamAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _options.Logger.LogWarning(error, "Closing the QMP connection failed");
        }
    }
}
