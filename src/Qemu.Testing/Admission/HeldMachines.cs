namespace Qemu.Testing;

/// <summary>How many machines each flow of this process holds.</summary>
internal sealed class HeldMachines
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public bool IsHolder(string flow)
    {
        lock (_gate)
            return _counts.ContainsKey(flow);
    }

    /// <summary>Counts a slot until it is given back.</summary>
    public IDisposable Hold(MachineSlot slot, string? flow)
    {
        if (flow is null)
            return slot;
        lock (_gate)
            _counts[flow] = _counts.GetValueOrDefault(flow) + 1;
        return new Held(this, slot, flow);
    }

    private void Release(string flow)
    {
        lock (_gate)
        {
            if (--_counts[flow] == 0)
                _counts.Remove(flow);
        }
    }

    private sealed class Held(HeldMachines owner, MachineSlot slot, string flow) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) != 0)
                return;
            owner.Release(flow);
            slot.Dispose();
        }
    }
}
