namespace Qemu.Testing;

/// <summary>What is written down of one test while it runs, and what becomes of it at the end, once: it is reported, or it goes. Thread-safe.</summary>
internal sealed class ScopeEvidence(TestMarker marker, ITestReport report, QemuTestSettings settings)
{
    private readonly Lock _gate = new();
    private readonly List<string> _files = [];
    private readonly Lazy<string> _directory = new(() => ArtifactTree.PathOf(marker.Test, settings));
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TestRecording? _recording;
    private bool _settling;

    /// <summary>Where it goes when the test fails.</summary>
    public string Directory => _directory.Value;

    private TestEvidence Evidence => new(marker, report, settings, Directory);

    /// <summary>Begins to write down what a machine does; nothing any more once the end has begun.</summary>
    public void Watch(ScopedMachine machine)
    {
        lock (_gate)
        {
            if (_settling)
                return;
            _recording ??= new TestRecording(marker, ArtifactTree.NewRunningPath(marker.Test, settings), report.ReadOutput);
            _recording.Watch(machine);
        }
    }

    /// <summary>Takes a file in, at the end, when the evidence is kept.</summary>
    public void Add(string path)
    {
        lock (_gate)
            _files.Add(path);
    }

    /// <summary>Reports a failure of the test, or of one of its machines. Throws nothing.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="verdict">How the test ended.</param>
    /// <param name="cause">What went wrong, if the framework does not know yet.</param>
    public Task ReportAsync(ScopedMachine[] machines, string verdict, Func<TestFailure?> cause) => SettleAsync(() =>
    {
        TakeFilesIn();
        return EngineScope.RunNeutralAsync(() => Evidence.ReportAsync(machines, _recording, verdict, cause()));
    });

    /// <summary>Removes what was written of a test that passed, or keeps it if everything is kept. Throws nothing.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="skipped">Whether the test was skipped rather than run.</param>
    public Task SettlePassedAsync(ScopedMachine[] machines, bool skipped) => SettleAsync(() =>
    {
        if (settings.Keep == ArtifactKeeping.All)
            TakeFilesIn();
        return EngineScope.RunNeutralHereAsync(() => Evidence.SettlePassedAsync(machines, _recording, skipped));
    });

    /// <summary>Writes what there is up to now into the running directory. The test goes on.</summary>
    /// <param name="machines">The test's machines.</param>
    /// <param name="reason">Why, in a sentence; it becomes the report's headline.</param>
    /// <param name="limit">How long this may take; what is written by then stays.</param>
    /// <returns>The directory, null when there is none; and what went wrong.</returns>
    public async Task<(string? Directory, Exception? Problem)> DumpAsync(ScopedMachine[] machines, string reason, TimeSpan limit)
    {
        if (_recording is not { } recording || _settling)
            return default;
        Exception? problem = null;
        try
        {
            await EngineScope.RunNeutralAsync(() => Evidence.DumpAsync(machines, recording, reason)).WaitAsync(limit).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            problem = error;
        }

        return (System.IO.Directory.Exists(recording.Directory) ? recording.Directory : null, problem ?? recording.Fault);
    }

    /// <summary>Whoever comes second (at a time-out: the test's body, or the one who ends its waits) finds it done when this is.</summary>
    private async Task SettleAsync(Func<Task> settle)
    {
        bool first;
        lock (_gate)
        {
            first = !_settling;
            _settling = true;
        }

        if (!first)
        {
            await _settled.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            await settle().ConfigureAwait(false);
        }
        finally
        {
            _settled.SetResult();
        }
    }

    private void TakeFilesIn()
    {
        string[] files;
        lock (_gate)
            files = [.. _files];
        foreach (string problem in files.Select(file => _recording?.TakeIn(file)).OfType<string>())
            report.Warn($"Evidence is incomplete: {problem}");
    }
}
