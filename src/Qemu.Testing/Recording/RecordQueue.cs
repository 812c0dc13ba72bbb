using System.Diagnostics.CodeAnalysis;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Between the machines' loops, which must not wait, and the files, which may. Bounded: what does not fit is counted, but
/// for console output, which is only referred to and read later from where it is kept anyway.
/// </summary>
internal sealed class RecordQueue : IDisposable
{
    private const int ItemLimit = 65_536;
    private const int CoalesceFrom = 256;
    private const int ByteLimit = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private List<RecordedItem> _items = [];
    private int _bytes;
    private long _leftOut;
    private bool _completed;

    public void Add(in RecordedItem item)
    {
        lock (_gate)
        {
            if (_completed || TryCoalesce(item))
                return;
            int bytes = item.What is QmpLine line ? line.Text.Length : 0;
            if (_items.Count >= ItemLimit || _bytes + bytes > ByteLimit)
            {
                _leftOut += item.What is QemuConsole ? 0 : 1;
                return;
            }

            _items.Add(item);
            _bytes += bytes;
            if (_items.Count == 1)
                Signal();
        }
    }

    /// <summary>Takes nothing more; what is there can still be taken out.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Signal();
        }
    }

    /// <summary>Waits for items; also ends when there are none for a while, for the sake of what must be asked for.</summary>
    public Task WaitAsync(TimeSpan atMost) => _signal.WaitAsync(atMost);

    /// <summary>Takes all that is there, in exchange for an empty list.</summary>
    /// <param name="items">What is there.</param>
    /// <param name="leftOut">How much did not fit since the last time.</param>
    /// <returns>False when this is the last of it.</returns>
    public bool Take([NotNull] ref List<RecordedItem>? items, out long leftOut)
    {
        List<RecordedItem> empty = items ?? [];
        empty.Clear();
        lock (_gate)
        {
            (items, _items) = (_items, empty);
            (leftOut, _leftOut) = (_leftOut, 0);
            _bytes = 0;
            return !_completed;
        }
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>A console that prints faster than is written is one item that gets longer.</summary>
    private bool TryCoalesce(in RecordedItem item)
    {
        if (item.What is not QemuConsole || _items.Count < CoalesceFrom || _items[^1] is var last && (!ReferenceEquals(last.What, item.What) || last.Machine != item.Machine))
            return false;
        _items[^1] = _items[^1] with { End = item.End };
        return true;
    }

    private void Signal()
    {
        if (_signal.CurrentCount == 0)
            _signal.Release();
    }
}
