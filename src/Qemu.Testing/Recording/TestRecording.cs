using System.Globalization;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Writes down what happens in a test while it happens, into a directory of its own under <c>running</c>: a process that is
/// killed leaves all but its last moments. Costs a passing test a few writes to the page cache; a disk that takes nothing costs
/// it nothing else. Thread-safe.
/// </summary>
internal sealed class TestRecording : IDisposable
{
    /// <summary>What is to be asked for (QEMU's log, the test's output) is asked for this often.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    /// <summary>What comes within this time goes to the disk together.</summary>
    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly RecordQueue _queue = new();
    private readonly List<MachineRecorder> _machines = [];
    private readonly HashSet<MachineRecorder> _introduced = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TimelineWriter _lines;
    private readonly TimelineWriter _messages;
    private readonly TimelineFile _timeline;
    private readonly TimelineFile _qmp;
    private readonly TestMarker _marker;
    private readonly OutputRecord _output;
    private List<RecordedItem>? _items;
    private Task? _loop;
    private int _disposed;

    /// <param name="marker">Which test it is.</param>
    /// <param name="directory">Where it goes; it need not exist.</param>
    /// <param name="output">The test's own output so far; null when it cannot be asked for.</param>
    public TestRecording(TestMarker marker, string directory, Func<string?> output)
    {
        _marker = marker;
        Directory = directory;
        _lines = new TimelineWriter(marker.Timestamp, SecretMask.Current);
        _messages = new TimelineWriter(marker.Timestamp, SecretMask.Current);
        _timeline = new TimelineFile(Path.Combine(directory, "timeline.jsonl"));
        _qmp = new TimelineFile(Path.Combine(directory, "qmp.jsonl"));
        _output = new OutputRecord(output);
    }

    public string Directory { get; }

    /// <summary>What first kept something from being written; null when nothing did.</summary>
    public Exception? Fault { get; private set; }

    public IReadOnlyList<MachineRecorder> Machines
    {
        get
        {
            lock (_gate)
                return [.. _machines];
        }
    }

    /// <summary>Takes a machine in. The first one starts the recording.</summary>
    public void Watch(ScopedMachine entry)
    {
        var recorder = new MachineRecorder(entry, _queue);
        lock (_gate)
        {
            _machines.Add(recorder);
            if (_loop is not null)
                return;

            // The recording belongs to the test, but it does not run in it: nobody's cancellation or context is its own.
            using AsyncFlowControl flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>Adds a line of its own.</summary>
    public async Task NoteAsync(string source, string? machine, string text)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            Guard(() =>
            {
                _lines.Add(MachineObservers.Clock.GetTimestamp(), source, machine, text);
                WriteLines();
            });
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes down all that has happened until now.</summary>
    public async Task FlushAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            Drain();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes down the last of it; what happens from here on is not seen.</summary>
    public async Task StopAsync()
    {
        foreach (MachineRecorder machine in Machines)
            machine.Dispose();
        _queue.Complete();
        await _hurry.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        Guard(() =>
        {
            foreach (MachineRecorder machine in Machines)
            {
                foreach (ConsoleRecord console in machine.Consoles)
                    console.FlushLine((time, line) => _lines.Add(time, TimelineSource.Console, NameOf(machine, console.Console), line));
                machine.Log.FlushLine((time, line) => _lines.Add(time, TimelineSource.Qemu, machine.Label, line));
            }

            WriteLines();
        });
    }

    /// <summary>Stops, and leaves nothing on the disk.</summary>
    public async Task DiscardAsync()
    {
        Fault ??= new OperationCanceledException("The recording was discarded.");
        await StopAsync().ConfigureAwait(false);
        Dispose();
        try
        {
            if (System.IO.Directory.Exists(Directory))
                System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A test that passed is not to hear of it; the next run of it tries again.
        }
    }

    /// <summary>Puts the files of parts together; for a test whose evidence is kept.</summary>
    public void Complete() => Guard(() =>
    {
        _timeline.Complete(Gap);
        _qmp.Complete(Gap);
        foreach (MachineRecorder machine in Machines)
        {
            foreach (ConsoleRecord console in machine.Consoles)
                console.CompleteFile(ConsolePath(machine, console.Console), console.Console.Mark);
        }
    });

    /// <summary>The folder of a machine's own files.</summary>
    public string FolderOf(MachineRecorder machine) => FolderOf(machine.Label);

    /// <inheritdoc cref="FolderOf(MachineRecorder)"/>
    public string FolderOf(string label) => Path.Combine(Directory, ArtifactName.Segment(label));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (MachineRecorder machine in Machines)
        {
            machine.Dispose();
            machine.Log.Dispose();
            foreach (ConsoleRecord console in machine.Consoles)
                console.Dispose();
        }

        _timeline.Dispose();
        _qmp.Dispose();
        _lines.Dispose();
        _messages.Dispose();
        _queue.Dispose();
        _hurry.Dispose();
        _writing.Dispose();
    }

    private async Task RunAsync()
    {
        bool more = true;
        while (more)
        {
            await _writing.WaitAsync().ConfigureAwait(false);
            try
            {
                more = Drain();
            }
            finally
            {
                _writing.Release();
            }

            if (!more)
                return;
            await _queue.WaitAsync(s_interval).ConfigureAwait(false);
            await Task.Delay(s_batch, MachineObservers.Clock, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool Drain()
    {
        bool more = _queue.Take(ref _items, out long leftOut);
        List<RecordedItem> items = _items;
        Guard(() =>
        {
            foreach (MachineRecorder machine in Machines)
                Introduce(machine);
            long now = MachineObservers.Clock.GetTimestamp();
            _output.ReadNew(now, (time, line) => _lines.Add(time, TimelineSource.Test, machine: null, line), last: !more);
            foreach (RecordedItem item in items)
                Write(item);
            if (leftOut > 0)
                _lines.Add(now, TimelineSource.Note, machine: null, string.Create(CultureInfo.InvariantCulture, $"{leftOut} things happened too fast to be written down"));
            foreach (MachineRecorder machine in Machines)
                ReadLog(machine, now);
            WriteLines();
        });
        return more;
    }

    private void Introduce(MachineRecorder machine)
    {
        if (!_introduced.Add(machine))
            return;
        System.IO.Directory.CreateDirectory(Directory);
        _marker.Write(Directory, Machines);
        IEnumerable<MachineStep> steps = machine.History.Steps;
        if (!machine.Entry.IsWhole)
            steps = steps.SkipWhile(step => !ReferenceEquals(step, machine.History.LatestLaunch));
        foreach (MachineStep step in steps)
            _lines.Add(step.Timestamp, SourceOf(step.Kind), machine.Label, step.Text);
        foreach (ConsoleTime time in machine.History.Consoles)
        {
            ConsoleRecord console = machine.Consoles[time.Console];
            WriteConsole(machine, console, time.End, time.Timestamp);
        }
    }

    private void Write(in RecordedItem item)
    {
        MachineRecorder machine = item.Machine;
        switch (item.What)
        {
            case MachineStep step:
                ReadLog(machine, item.Timestamp);
                _lines.Add(item.Timestamp, SourceOf(step.Kind), machine.Label, step.Text);
                break;
            case QemuConsole console:
                WriteConsole(machine, machine.Consoles[console.Number], item.End, item.Timestamp);
                break;
            case QmpLine line:
                (string source, string text) = QmpTranscript.Describe(line);
                _lines.Add(item.Timestamp, source, machine.Label, text);
                _messages.AddMessage(item.Timestamp, source, machine.Label, line.Text);
                break;
            case Screenshot screenshot:
                WriteScreenshot(machine, screenshot, item.Timestamp);
                break;
        }
    }

    private void WriteConsole(MachineRecorder machine, ConsoleRecord console, ConsoleMark end, long timestamp) => console.WriteUpTo(
        ConsolePath(machine, console.Console),
        end,
        timestamp,
        (time, line) => _lines.Add(time, TimelineSource.Console, NameOf(machine, console.Console), line));

    private void WriteScreenshot(MachineRecorder machine, Screenshot screenshot, long timestamp)
    {
        string folder = FolderOf(machine);
        System.IO.Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"screenshot-{++machine.Screenshots}.png");
        File.WriteAllBytes(Path.Combine(folder, name), screenshot.Png.ToArray());
        _lines.Add(timestamp, TimelineSource.Screenshot, machine.Label, name);
    }

    private void ReadLog(MachineRecorder machine, long now) => machine.Log.WriteNew(
        machine.Machine.LogFile,
        Path.Combine(FolderOf(machine), "qemu.log"),
        now,
        (time, line) => _lines.Add(time, TimelineSource.Qemu, machine.Label, line));

    private void WriteLines()
    {
        _timeline.Write(_lines.Written);
        _qmp.Write(_messages.Written);
        _lines.Clear();
        _messages.Clear();
    }

    private byte[] Gap(long lines)
    {
        _lines.Clear();
        _lines.Add(MachineObservers.Clock.GetTimestamp(), TimelineSource.Note, machine: null, string.Create(CultureInfo.InvariantCulture, $"{lines} lines are left out here"));
        byte[] gap = _lines.Written.ToArray();
        _lines.Clear();
        return gap;
    }

    private string ConsolePath(MachineRecorder machine, QemuConsole console) =>
        Path.Combine(FolderOf(machine), ConsoleRecord.FileName(console, machine.Consoles.Count));

    private static string NameOf(MachineRecorder machine, QemuConsole console) =>
        machine.Consoles.Count == 1 ? machine.Label : string.Create(CultureInfo.InvariantCulture, $"{machine.Label}:{console.Number}");

    private static string SourceOf(MachineStepKind kind) => kind switch
    {
        MachineStepKind.Warning => TimelineSource.Warning,
        MachineStepKind.Panic => TimelineSource.Panic,
        MachineStepKind.End => TimelineSource.End,
        _ => TimelineSource.Launch,
    };

    /// <summary>What cannot be written is not tried again: the test goes on, and its report says what is missing.</summary>
    private void Guard(Action write)
    {
        if (Fault is not null)
            return;
        try
        {
            write();
        }
        catch (Exception error)
        {
            Fault = error;
        }
    }
}
