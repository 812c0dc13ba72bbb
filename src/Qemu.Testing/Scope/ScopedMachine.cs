using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A machine as one test sees it: from where its consoles stood when the test met it.</summary>
internal sealed class ScopedMachine
{
    private readonly Lock _gate = new();
    private readonly SortedSet<string> _overlaps = new(StringComparer.Ordinal);
    private readonly MachineEnd? _earlierEnd;
    private readonly GuestPanic? _earlierPanic;

    public ScopedMachine(QemuMachine machine, string label, MachineBond bond, bool whole)
    {
        Machine = machine;
        Label = label;
        Bond = bond;
        IsWhole = whole;
        _earlierEnd = machine.End;
        _earlierPanic = machine.Panic;
        Start = [.. machine.Consoles.Select(console => whole ? ConsoleMark.Start : console.Mark)];
    }

    public QemuMachine Machine { get; }

    /// <summary>Unique in the scope; names attachments and folders.</summary>
    public string Label { get; }

    public MachineBond Bond { get; }

    /// <summary>Whether all of its past is the test's: it came into being there, or its failed start is what the test shows.</summary>
    public bool IsWhole { get; }

    /// <summary>Where each console stood when the machine came into the scope; its first byte for one that came into being or failed to start there.</summary>
    public IReadOnlyList<ConsoleMark> Start { get; }

    /// <summary>Whether a machine that others use too came to a bad end in this test.</summary>
    public bool DiedHere => Bond == MachineBond.Lent && Machine.End is { IsAbnormal: true } end && !ReferenceEquals(end, _earlierEnd);

    /// <summary>The panic that its guest came to in this test; null when there is none, or the test allows it.</summary>
    public GuestPanic? PanicHere => Machine.Panic is { IsAllowed: false } panic && !ReferenceEquals(panic, _earlierPanic) ? panic : null;

    /// <summary>The tests that used the machine at the same time, so that their output is mixed with this one's.</summary>
    public IReadOnlyList<string> Overlaps
    {
        get
        {
            lock (_gate)
                return [.. _overlaps];
        }
    }

    public void NoteOverlap(TestIdentity other)
    {
        lock (_gate)
            _overlaps.Add(other.DisplayName);
    }
}
