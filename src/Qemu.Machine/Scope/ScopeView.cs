using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>What one scope sees of a machine: events since it began, and how far it has read each console.</summary>
internal sealed class ScopeView(QmpEventQueue events, long[] consoleOffsets) : IDisposable
{
    private readonly long[] _consoleOffsets = consoleOffsets;

    public QmpEventQueue Events { get; } = events;

    public ConsoleMark Unread(int console) => new(Volatile.Read(ref _consoleOffsets[console]));

    /// <summary>Text up to here was found by a wait; the next one looks behind it.</summary>
    public void MarkRead(int console, ConsoleMark end)
    {
        long seen = Volatile.Read(ref _consoleOffsets[console]);
        while (end.Offset > seen)
        {
            long before = Interlocked.CompareExchange(ref _consoleOffsets[console], end.Offset, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    public void Dispose() => Events.Dispose();
}
