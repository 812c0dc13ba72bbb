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

    /// <summary>A test that passes sooner never touches the disk.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(25);

    /// <summary>What comes within this time goes to the disk together.</summary>
    private static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly RecordQueue _queue = new();
    private readonly List<MachineRecorder> _machines = [];
    private readonly Dictionary<string, string> _copies = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly RecordingFiles _files;
    private readonly OutputRecord _output;
    private List<RecordedItem>? _items;
    private ITimer? _start;
    private Task? _loop;
    private bool _stopped;
    private int _disposed;

    /// <param name="marker">Which test it is.</param>
    /// <param name="directory">Where it goes; it need not exist.</param>
    /// <param name="output">The test's own output so far; null when it cannot be asked for.</param>
    public TestRecording(TestMarker marker, string directory, Func<string?> output)
    {
        Directory = directory;
        _files = new RecordingFiles(directory, marker);
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
            if (_start is not null)
                return;

            // The recording belongs to the test, but it does not run in it: nobody's cancellation or context is its own.
            using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
            _start = MachineObservers.Clock.CreateTimer(static recording => ((TestRecording)recording!).Start(), this, s_patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Copies a file into the directory, under a name with a number where its own is taken; gives what kept it from that.
    /// One that is gone was of no interest to its owner.
    /// </summary>
    public string? TakeIn(string path)
    {
        try
        {
            if (!File.Exists(path))
                return null;
            System.IO.Directory.CreateDirectory(Directory);
            File.Copy(path, CopyOf(path), overwrite: true);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <summary>Adds a line of its own, behind all that has happened until now.</summary>
    /// <param name="source">Of the timeline's sources.</param>
    /// <param name="text">What it says.</param>
    /// <param name="endsOutput">Whether what the test's output gets from here on is not the test's own.</param>
    public Task NoteAsync(string source, string text, bool endsOutput = false) => WriteAsync(() =>
    {
        Drain();
        Guard(() =>
        {
            if (endsOutput)
                ReadOutput(last: true);
            _files.Add(MachineObservers.Clock.GetTimestamp(), source, text);
            _files.Flush();
        });
    });

    /// <summary>Writes down all that has happened until now.</summary>
    public Task FlushAsync() => WriteAsync(() => Drain());

    /// <summary>Writes down the last of it; what happens from here on is not seen.</summary>
    public async Task StopAsync()
    {
        foreach (MachineRecorder machine in Machines)
            machine.Dispose();
        _queue.Complete();
        Task? loop;
        lock (_gate)
        {
            _stopped = true;
            _start?.Dispose();
            loop = _loop;
        }

        if (loop is null)
        {
            await FlushAsync().ConfigureAwait(false);
        }
        else
        {
            await _hurry.CancelAsync().ConfigureAwait(false);
            await loop.ConfigureAwait(false);
        }

        Guard(() =>
        {
            foreach (MachineRecorder machine in Machines)
                _files.WriteLast(machine);
            _files.Flush();
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

    /// <summary>Makes the files whole, once stopped; for a test whose evidence is kept.</summary>
    public void Complete() => Guard(() => _files.Complete(Machines));

    /// <summary>The folder of a machine's own files.</summary>
    public string FolderOf(string label) => _files.FolderOf(label);

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

        _files.Dispose();
        _queue.Dispose();
        _hurry.Dispose();
        _writing.Dispose();
    }

    /// <summary>Where a file's copy goes: the same each time, and never over another file.</summary>
    private string CopyOf(string path)
    {
        lock (_gate)
        {
            if (_copies.TryGetValue(path, out string? known))
                return known;
            string copy = Path.Combine(Directory, Path.GetFileName(path));
            for (int number = 2; File.Exists(copy); number++)
                copy = Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}"));
            return _copies[path] = copy;
        }
    }

    private void Start()
    {
        lock (_gate)
        {
            if (!_stopped)
                _loop = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        bool more = true;
        while (true)
        {
            await WriteAsync(() => more = Drain()).ConfigureAwait(false);
            if (!more)
                return;
            await _queue.WaitAsync(s_interval).ConfigureAwait(false);
            await Task.Delay(s_batch, MachineObservers.Clock, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(Action write)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            write();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes what is there; false when nothing more will come.</summary>
    private bool Drain()
    {
        bool more = _queue.Take(ref _items, out long leftOut);
        List<RecordedItem> items = _items;
        Guard(() =>
        {
            IReadOnlyList<MachineRecorder> machines = Machines;
            _files.Introduce(machines);
            ReadOutput(last: !more);
            foreach (RecordedItem item in items)
                _files.Write(item);
            long now = MachineObservers.Clock.GetTimestamp();
            if (leftOut > 0)
                _files.Add(now, TimelineSource.Note, string.Create(CultureInfo.InvariantCulture, $"{leftOut} things happened too fast to be written down"));
            foreach (MachineRecorder machine in machines)
                _files.ReadLog(machine, now);
            _files.Flush();
        });
        return more;
    }

    private void ReadOutput(bool last) => _output.ReadNew(
        MachineObservers.Clock.GetTimestamp(),
        (time, line) => _files.Add(time, TimelineSource.Test, line),
        last);

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
