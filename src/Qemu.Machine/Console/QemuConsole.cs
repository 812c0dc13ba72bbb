using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>
/// One of a machine's consoles: everything it ever printed, waiting for text, and typing. It is the same object over all
/// launches of the machine. Thread-safe.
/// </summary>
/// <remarks>
/// A loop of its own reads the console from the first byte to the last, whether anybody looks or not: QEMU stands still
/// on some devices when a connected console is not read.
/// </remarks>
public sealed class QemuConsole
{
    private const int ReadSize = 64 * 1024;
    private const int ExcerptLength = 1500;

    /// <summary>How many characters a wait still looks at after its end, of those that had come by then: a guest that prints faster than they can be read must not hold the wait up.</summary>
    private const int Overtime = 4 * 1024 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly QemuMachine _machine;
    private readonly GuestWaits _waits;
    private readonly ILogger _logger;
    private readonly string? _logPath;
    private volatile Stream? _stream;

    internal QemuConsole(QemuMachine machine, int number, ConsoleOption option, GuestWaits waits, ILogger logger)
    {
        _machine = machine;
        _waits = waits;
        _logger = logger;
        _logPath = option.LogPath;
        Number = number;
        Transcript = new ConsoleTranscript(logger);
    }

    /// <summary>The console's number among the machine's, from 0.</summary>
    public int Number { get; }

    /// <summary>Where the output stands now; text that comes later is behind this mark.</summary>
    public ConsoleMark Mark => new(Transcript.Length);

    internal ConsoleTranscript Transcript { get; }

    /// <summary>Waits for a text or a regular expression.</summary>
    /// <param name="pattern">What to wait for.</param>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="from">Where to begin. Null: behind the last match of an earlier wait in the same test, else where the test began; the found text then counts as read.</param>
    /// <param name="cancellationToken">Ends the wait; the console stays as it was.</param>
    /// <exception cref="QemuTimeoutException">It did not come in time. The message shows the last lines.</exception>
    /// <exception cref="QemuExitedException">QEMU ended without having printed it.</exception>
    /// <exception cref="GuestPanicException">The guest panicked.</exception>
    public Task<ConsoleMatch> WaitForAsync(
        ConsolePattern pattern,
        TimeSpan? timeout = null,
        ConsoleMark? from = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return WaitForAnyAsync([pattern], timeout, from, cancellationToken);
    }

    /// <summary>Waits for a text.</summary>
    /// <inheritdoc cref="WaitForAsync(ConsolePattern, TimeSpan?, ConsoleMark?, CancellationToken)"/>
    public Task<ConsoleMatch> WaitForAsync(
        string pattern,
        TimeSpan? timeout = null,
        ConsoleMark? from = null,
        CancellationToken cancellationToken = default) =>
        WaitForAnyAsync([new ConsolePattern(pattern)], timeout, from, cancellationToken);

    /// <summary>Waits for a regular expression.</summary>
    /// <inheritdoc cref="WaitForAsync(ConsolePattern, TimeSpan?, ConsoleMark?, CancellationToken)"/>
    public Task<ConsoleMatch> WaitForAsync(
        Regex pattern,
        TimeSpan? timeout = null,
        ConsoleMark? from = null,
        CancellationToken cancellationToken = default) =>
        WaitForAnyAsync([new ConsolePattern(pattern)], timeout, from, cancellationToken);

    /// <summary>Waits for the first of several patterns, such as success and failure; <see cref="ConsoleMatch.PatternIndex"/> tells which came.</summary>
    /// <inheritdoc cref="WaitForAsync(ConsolePattern, TimeSpan?, ConsoleMark?, CancellationToken)"/>
    public async Task<ConsoleMatch> WaitForAnyAsync(
        IReadOnlyList<ConsolePattern> patterns,
        TimeSpan? timeout = null,
        ConsoleMark? from = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentOutOfRangeException.ThrowIfZero(patterns.Count, nameof(patterns));
        ScopeView view = _machine.Views.Current;
        ConsoleMark start = from ?? view.Unread(Number);
        ConsoleMatch match = await _waits.RunAsync(
            $"{string.Join(" or ", patterns)} on console {Number} of machine {_machine.Name}",
            timeout,
            token => ScanAsync(patterns, start, token),
            () => Excerpt(start),
            cancellationToken).ConfigureAwait(false);
        if (from is null)
            view.MarkRead(Number, match.End);
        return match;
    }

    /// <summary>The text between two marks, without terminal escapes, every line end <c>\n</c>.</summary>
    /// <param name="from">Where it begins; null: the console's first byte.</param>
    /// <param name="to">Where it ends; null: what has come so far.</param>
    /// <param name="maximumBytes">Of more raw bytes than this only the last are taken. Default: 1 MiB.</param>
    public string GetText(ConsoleMark? from = null, ConsoleMark? to = null, int maximumBytes = 1024 * 1024) =>
        TerminalText.Clean(GetBytes(from, to, maximumBytes));

    /// <summary>The raw bytes between two marks.</summary>
    /// <inheritdoc cref="GetText"/>
    public byte[] GetBytes(ConsoleMark? from = null, ConsoleMark? to = null, int maximumBytes = 1024 * 1024)
    {
        long end = Math.Min(to?.Offset ?? long.MaxValue, Transcript.Length);
        long position = Math.Max(from?.Offset ?? 0, end - maximumBytes);
        if (position >= end)
            return [];
        byte[] bytes = new byte[end - position];
        int filled = 0;
        while (position < end)
        {
            int count = Transcript.Read(ref position, bytes.AsSpan(filled, (int)Math.Min(bytes.Length - filled, end - position)));
            if (count == 0)
                break;
            position += count;
            filled += count;
        }

        return bytes[..filled];
    }

    /// <summary>Types a line: the text and a line feed, as UTF-8.</summary>
    /// <inheritdoc cref="SendBytesAsync"/>
    public Task SendLineAsync(string line, CancellationToken cancellationToken = default) =>
        SendBytesAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    /// <summary>Types Ctrl-C.</summary>
    /// <inheritdoc cref="SendBytesAsync"/>
    public Task InterruptAsync(CancellationToken cancellationToken = default) =>
        SendBytesAsync(new byte[] { 0x03 }, cancellationToken);

    /// <summary>Sends bytes to the guest as they are. Concurrent calls do not mix; each waits until QEMU took its bytes.</summary>
    /// <exception cref="QemuConfigurationException">The machine was never launched.</exception>
    /// <exception cref="QemuTimeoutException">The guest did not take them within 30 s, scaled by the settings.</exception>
    /// <exception cref="QemuExitedException">QEMU ended.</exception>
    /// <exception cref="GuestPanicException">The guest panicked.</exception>
    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        _waits.RunAsync(
            $"the guest to take {bytes.Length} bytes from console {Number} of machine {_machine.Name}",
            timeout: null,
            async token =>
            {
                await WriteAsync(bytes, token).ConfigureAwait(false);
                return true;
            },
            () => Excerpt(ConsoleMark.Start),
            cancellationToken);

    /// <summary>The raw bytes as a stream of your own: reading begins at a mark, sees everything from there on and ends with the machine; writing goes to the guest.</summary>
    /// <param name="from">Where reading begins; null: what comes from now on.</param>
    public Stream OpenStream(ConsoleMark? from = null) => new ConsoleStream(this, from ?? Mark);

    /// <summary>The last lines since a mark, for messages.</summary>
    internal string Excerpt(ConsoleMark from)
    {
        string text = GetText(from, maximumBytes: 4 * ExcerptLength);
        return text.Length <= ExcerptLength ? text : "[…] " + text[^ExcerptLength..];
    }

    /// <summary>Waits for more output without a deadline; false when the machine ended and none is to come.</summary>
    internal async Task<bool> WaitForMoreThanAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            return await _waits.RunAsync(
                "more output",
                Timeout.InfiniteTimeSpan,
                async token =>
                {
                    await Transcript.WaitForMoreThanAsync(length, token).ConfigureAwait(false);
                    return true;
                },
                () => null,
                cancellationToken,
                endsAtPanic: false).ConfigureAwait(false);
        }
        catch (QemuExitedException)
        {
            return Transcript.Length > length; // the end and the last bytes may be told in either order
        }
    }

    /// <summary>Opens what the console's bytes go to, before there are any; returns the user's own copy, if one is wanted.</summary>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be opened.</exception>
    internal FileStream? OpenFiles(string directory)
    {
        Transcript.EnsureFile(directory);
        return _logPath is null ? null : new FileStream(_logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Reads one launch's console to its end. Ends when QEMU's side is closed or <paramref name="stream"/> is disposed.</summary>
    internal async Task DrainAsync(Stream stream, FileStream? copy)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        _stream = stream;
        try
        {
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                Transcript.Append(buffer.AsSpan(0, count));
                _machine.Observers.Console(this);
                copy = WriteLog(copy, buffer.AsSpan(0, count));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // QEMU's side went away in the middle of something, or the machine's end closed ours.
            _logger.LogDebug(error, "Console {Number} of machine {Machine} was cut off", Number, _machine.Name);
        }
        finally
        {
            _stream = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<ConsoleMatch> ScanAsync(IReadOnlyList<ConsolePattern> patterns, ConsoleMark start, CancellationToken cancellationToken)
    {
        var scanner = new ConsoleScanner(patterns);
        long offset = start.Offset;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        long end = long.MaxValue;
        try
        {
            while (true)
            {
                // What was there when the wait ended is looked at: QEMU's last words count.
                while (Transcript.Read(ref offset, buffer) is > 0 and var count)
                {
                    if (end == long.MaxValue && cancellationToken.IsCancellationRequested)
                        end = Math.Min(Transcript.Length, offset + Overtime);
                    if (offset >= end)
                        cancellationToken.ThrowIfTaskCancelled();
                    if (scanner.Feed(buffer.AsSpan(0, count), offset) is { } match)
                        return match;
                    offset += count;
                }

                await Transcript.WaitForMoreThanAsync(offset, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stream is { } stream)
            {
                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                return;
            }

            if (!_machine.WasLaunched)
                throw new QemuConfigurationException($"Machine {_machine.Name} was not launched: there is nobody to type to.");
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            _logger.LogDebug(error, "Console {Number} of machine {Machine} takes no more", Number, _machine.Name);
        }
        finally
        {
            _writing.Release();
        }

        // The console is closed, so QEMU is ending: its end, with all it has to say, is what the caller must hear.
        await Task.Delay(Timeout.InfiniteTimeSpan, _waits.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private FileStream? WriteLog(FileStream? log, ReadOnlySpan<byte> bytes)
    {
        try
        {
            log?.Write(bytes);
            return log;
        }
        catch (IOException error)
        {
            _logger.LogWarning(error, "The console log {Path} is cut off here", _logPath);
            return null;
        }
    }
}
