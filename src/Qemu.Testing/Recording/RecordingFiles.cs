using System.Globalization;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The files of one test's recording, and how each thing that was seen gets into them. Not thread-safe; throws what the disk throws.</summary>
internal sealed class RecordingFiles : IDisposable
{
    /// <summary>More than this is not held in memory.</summary>
    private const int BufferLimit = 1024 * 1024;

    private readonly HashSet<MachineRecorder> _introduced = [];
    private readonly string _directory;
    private readonly TestMarker _marker;
    private readonly TimelineWriter _lines;
    private readonly TimelineWriter _messages;
    private readonly TimelineFile _timeline;
    private readonly TimelineFile _qmp;

    public RecordingFiles(string directory, TestMarker marker)
    {
        _directory = directory;
        _marker = marker;
        _lines = new TimelineWriter(marker.Timestamp, SecretMask.Current);
        _messages = new TimelineWriter(marker.Timestamp, SecretMask.Current);
        _timeline = new TimelineFile(Path.Combine(directory, "timeline.jsonl"));
        _qmp = new TimelineFile(Path.Combine(directory, "qmp.jsonl"));
    }

    /// <summary>Adds a line to the timeline.</summary>
    public void Add(long timestamp, string source, string text) => Add(timestamp, source, machine: null, text);

    /// <summary>Makes the directory with its start marker for the first machine, and begins with what each new one has behind it.</summary>
    public void Introduce(IReadOnlyList<MachineRecorder> machines)
    {
        foreach (MachineRecorder machine in machines)
        {
            if (!_introduced.Add(machine))
                continue;
            CreateDirectory();
            _marker.Write(_directory, machines);
            IEnumerable<MachineStep> steps = machine.History.Steps;
            if (!machine.Entry.IsWhole)
                steps = steps.SkipWhile(step => !ReferenceEquals(step, machine.History.LatestLaunch));
            foreach (MachineStep step in steps)
                Add(step.Timestamp, SourceOf(step.Kind), machine.Label, step.Text);
            foreach (ConsoleTime time in machine.History.Consoles)
                WriteConsole(machine, machine.Consoles[time.Console], time.End, time.Timestamp);
        }
    }

    public void Write(in RecordedItem item)
    {
        MachineRecorder machine = item.Machine;
        switch (item.What)
        {
            case MachineStep step:
                ReadLog(machine, item.Timestamp);
                Add(item.Timestamp, SourceOf(step.Kind), machine.Label, step.Text);
                break;
            case QemuConsole console:
                WriteConsole(machine, machine.Consoles[console.Number], item.End, item.Timestamp);
                break;
            case QmpLine line:
                (string source, string text) = QmpTranscript.Describe(line);
                Add(item.Timestamp, source, machine.Label, text);
                _messages.AddMessage(item.Timestamp, source, machine.Label, line.Text);
                FlushMuch();
                break;
            case Screenshot screenshot:
                WriteScreenshot(machine, screenshot, item.Timestamp);
                break;
        }
    }

    /// <summary>Takes what QEMU's log has got since the last time: nobody announces that.</summary>
    public void ReadLog(MachineRecorder machine, long now) => machine.Log.WriteNew(
        machine.Machine.LogFile,
        Path.Combine(FolderOf(machine.Label), "qemu.log"),
        now,
        (time, line) => Add(time, TimelineSource.Qemu, machine.Label, line));

    /// <summary>Takes all that consoles have got, the lines without an end too.</summary>
    public void WriteLast(MachineRecorder machine)
    {
        foreach (ConsoleRecord console in machine.Consoles)
        {
            WriteConsole(machine, console, console.Console.Mark, MachineObservers.Clock.GetTimestamp());
            console.FlushLine((time, line) => Add(time, TimelineSource.Console, NameOf(machine, console.Console), line));
        }

        machine.Log.FlushLine((time, line) => Add(time, TimelineSource.Qemu, machine.Label, line));
    }

    /// <summary>Hands the lines to the system.</summary>
    public void Flush()
    {
        _timeline.Write(_lines.Written);
        _qmp.Write(_messages.Written);
        _lines.Clear();
        _messages.Clear();
    }

    /// <summary>Puts the files of parts together, and makes those of the consoles whole.</summary>
    public void Complete(IEnumerable<MachineRecorder> machines)
    {
        _timeline.Complete(Gap);
        _qmp.Complete(Gap);
        foreach (MachineRecorder machine in machines)
        {
            machine.Log.CompleteFile();
            foreach (ConsoleRecord console in machine.Consoles)
                console.CompleteFile(ConsolePath(machine, console.Console), console.Console.Mark);
        }
    }

    /// <summary>The folder of a machine's own files.</summary>
    public string FolderOf(string label) => Path.Combine(_directory, ArtifactName.Segment(label));

    public void Dispose()
    {
        _timeline.Dispose();
        _qmp.Dispose();
        _lines.Dispose();
        _messages.Dispose();
    }

    private void Add(long timestamp, string source, string? machine, string text)
    {
        _lines.Add(timestamp, source, machine, text);
        FlushMuch();
    }

    private void FlushMuch()
    {
        if (_lines.Written.Length + _messages.Written.Length > BufferLimit)
            Flush();
    }

    private void WriteConsole(MachineRecorder machine, ConsoleRecord console, ConsoleMark end, long timestamp) => console.WriteUpTo(
        ConsolePath(machine, console.Console),
        end,
        timestamp,
        (time, line) => Add(time, TimelineSource.Console, NameOf(machine, console.Console), line));

    private void WriteScreenshot(MachineRecorder machine, Screenshot screenshot, long timestamp)
    {
        string folder = FolderOf(machine.Label);
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"screenshot-{++machine.Screenshots}.png");
        File.WriteAllBytes(Path.Combine(folder, name), screenshot.Png.ToArray());
        Add(timestamp, TimelineSource.Screenshot, machine.Label, name);
    }

    /// <summary>A process that ends removes the empty folder above; it may do so right in between.</summary>
    private void CreateDirectory()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(_directory);
                return;
            }
            catch (DirectoryNotFoundException) when (attempt < 3)
            {
                // Once more.
            }
        }
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
        Path.Combine(FolderOf(machine.Label), ConsoleRecord.FileName(console, machine.Consoles.Count));

    private static string NameOf(MachineRecorder machine, QemuConsole console) =>
        machine.Consoles.Count == 1 ? machine.Label : string.Create(CultureInfo.InvariantCulture, $"{machine.Label}:{console.Number}");

    private static string SourceOf(MachineStepKind kind) => kind switch
    {
        MachineStepKind.Warning => TimelineSource.Warning,
        MachineStepKind.Panic => TimelineSource.Panic,
        MachineStepKind.End => TimelineSource.End,
        _ => TimelineSource.Launch,
    };
}
