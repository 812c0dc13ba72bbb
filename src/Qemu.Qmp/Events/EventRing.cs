namespace Qemu.Qmp;

// A queue's backlog: oldest first, grows up to its capacity, and lets go of an element in the middle.
internal sealed class EventRing(int capacity)
{
    private QmpEvent?[] _slots = new QmpEvent?[Math.Min(capacity, 16)];
    private int _head;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    public QmpEvent this[int index] => _slots[Slot(index)]!;

    public void Add(QmpEvent qmpEvent)
    {
        if (Count == _slots.Length)
            Grow();

        _slots[Slot(Count)] = qmpEvent;
        Count++;
    }

    public QmpEvent RemoveAt(int index)
    {
        QmpEvent removed = this[index];

        // Close the gap from the front: the matches of a wait are mostly near it.
        for (int i = index; i > 0; i--)
            _slots[Slot(i)] = _slots[Slot(i - 1)];

        _slots[_head] = null;
        _head = Slot(1);
        Count--;
        return removed;
    }

    public QmpEvent[] RemoveAll()
    {
        QmpEvent[] all = new QmpEvent[Count];
        for (int i = 0; i < all.Length; i++)
            all[i] = this[i];

        Array.Clear(_slots);
        _head = Count = 0;
        return all;
    }

    private int Slot(int index)
    {
        int slot = _head + index;
        return slot >= _slots.Length ? slot - _slots.Length : slot;
    }

    private void Grow()
    {
        QmpEvent?[] larger = new QmpEvent?[(int)Math.Min(capacity, _slots.Length * 2L)];
        for (int i = 0; i < Count; i++)
            larger[i] = this[i];

        _slots = larger;
        _head = 0;
    }
}
