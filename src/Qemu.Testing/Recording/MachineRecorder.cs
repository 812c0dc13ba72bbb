using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Watches one machine for one test: what it sees goes into the test's queue, and where it stands in writing it down is kept here.</summary>
internal sealed class MachineRecorder : IMachineObserver, IDisposable
{
    private readonly RecordQueue _queue;

    /// <summary>Begins to watch.</summary>
    public MachineRecorder(ScopedMachine entry, RecordQueue queue)
    {
        _queue = queue;
        Entry = entry;
        Consoles = [.. entry.Machine.Consoles.Select(console => new ConsoleRecord(console, entry.Start[console.Number], SecretMask.Current))];
        History = entry.Machine.Observers.Add(this);
        foreach (QemuConsole console in entry.Machine.Consoles)
            OnConsole(console, console.Mark, MachineObservers.Clock.GetTimestamp()); // what it printed between the test's mark and now
    }

    public ScopedMachine Entry { get; }

    public string Label => Entry.Label;

    public QemuMachine Machine => Entry.Machine;

    /// <summary>What was before.</summary>
    public MachineHistory History { get; }

    public IReadOnlyList<ConsoleRecord> Consoles { get; }

    /// <summary>How far QEMU's log was written down.</summary>
    public LogRecord Log { get; } = new(SecretMask.Current);

    public int Screenshots { get; set; }

    public void OnStep(MachineStep step) => _queue.Add(new RecordedItem(step.Timestamp, this, step));

    public void OnConsole(QemuConsole console, ConsoleMark end, long timestamp) => _queue.Add(new RecordedItem(timestamp, this, console, end));

    public void OnQmp(bool sent, ReadOnlySpan<byte> line, long timestamp) =>
        _queue.Add(new RecordedItem(timestamp, this, new QmpLine(sent, line[..Math.Min(line.Length, QmpTranscript.LineLimit)].ToArray())));

    public void OnScreenshot(Screenshot screenshot, long timestamp) => _queue.Add(new RecordedItem(timestamp, this, screenshot));

    /// <summary>Watches no more.</summary>
    public void Dispose() => Machine.Observers.Remove(this);
}
