using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Qemu.Machine;

/// <summary>Follows one console through one life of a machine, at its own pace, and tells of the first panic on it.</summary>
internal sealed class ConsolePanicReader(QemuConsole console, ConsoleMark from, ImmutableArray<PanicRule> rules, TimeProvider timeProvider, ILogger logger)
{
    private const int ReadSize = 64 * 1024;

    private readonly PanicScanner _scanner = new(rules, logger);
    private long _offset = from.Offset;

    /// <summary>Whether a panic was seen, and its report is still being read.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Reads until a panic and the end of its report.</summary>
    /// <param name="ended">Cancelled when the console has given all that it will.</param>
    /// <returns>The panic; null when the console ended without one.</returns>
    public async Task<GuestPanic?> ReadAsync(CancellationToken ended)
    {
        if (await FindAsync(ended).ConfigureAwait(false) is not { } sighting)
            return null;
        IsReading = true;
        await ReadReportAsync(ended).ConfigureAwait(false);
        ConsoleMark start = PanicTrace.StartOf(console, sighting);
        return new GuestPanic(sighting.Title, sighting.Rule, PanicTrace.Read(console, start), console.Number, start, IsAllowed: false);
    }

    private async Task<PanicSighting?> FindAsync(CancellationToken ended)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            while (true)
            {
                bool last = ended.IsCancellationRequested;
                while (console.Transcript.Read(ref _offset, buffer) is > 0 and var count)
                {
                    PanicSighting? sighting = _scanner.Feed(buffer.AsSpan(0, count), _offset);
                    _offset += count;
                    if (sighting is not null)
                        return sighting;
                }

                if (last)
                    return _scanner.Finish(_offset);
                await HasMoreAsync(Timeout.InfiniteTimeSpan, ended).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReadReportAsync(CancellationToken ended)
    {
        long end = _offset + PanicTrace.MaximumLength;
        long began = timeProvider.GetTimestamp();
        while (_offset < end && timeProvider.GetElapsedTime(began) < PanicTrace.Patience && await HasMoreAsync(PanicTrace.Silence, ended).ConfigureAwait(false))
            _offset = console.Mark.Offset;
    }

    private async Task<bool> HasMoreAsync(TimeSpan limit, CancellationToken ended)
    {
        using var deadline = new CancellationTokenSource(limit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ended);
        try
        {
            await console.Transcript.WaitForMoreThanAsync(_offset, linked.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
