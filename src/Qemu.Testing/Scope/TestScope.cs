using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// A test that is running, and the machines it uses. Machines built in it belong to it: their waits end when the test is
/// cancelled, a failure shows their evidence, and what the test forgot to dispose of is ended with it. Thread-safe.
/// </summary>
public sealed class TestScope : IMachineScope
{
    private static volatile Func<TestScope?> s_source = static () => null;

    private readonly Lock _gate = new();
    private readonly List<ScopedMachine> _machines = [];
    private readonly List<Action> _leaving = [];
    private readonly QemuTestSettings _settings;
    private readonly ITestReport _report;
    private readonly CancellationTokenSource _cancellation;
    private readonly TestPanics _panics;
    private readonly ScopeEvidence _evidence;
    private readonly TestWatchdog _watchdog;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _bodyRuns;
    private bool _left;
    private bool _ended;

    static TestScope()
    {
        MachineScope.SetSource(static () => (IMachineScope?)EngineScope.Current ?? Current);
        MachineScope.SetSettings(static () => QemuTestSettings.Current.Machine);
        MachineProgress.SetSink(TestFlow.Tell);
    }

    internal TestScope(TestIdentity test, QemuTestSettings settings, ITestReport report, CancellationToken cancellationToken)
    {
        Test = test;
        _settings = settings;
        _report = report;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken = _cancellation.Token;
        _panics = new TestPanics(report, _cancellation);
        _evidence = new ScopeEvidence(TestMarker.Begin(test), report, settings);
        _watchdog = new TestWatchdog(this, settings.Watchdog, TimeProvider.System);
    }

    /// <summary>The test that the calling code belongs to; null outside any.</summary>
    public static TestScope? Current => s_source() is { } scope && scope.IsOpen ? scope : null;

    /// <summary>Which test it is.</summary>
    public TestIdentity Test { get; }

    /// <summary>Cancelled when the test is: at its time-out, and when the run is stopped.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>What machines that the test builds start from.</summary>
    public QemuSettings Settings => _settings.Machine;

    /// <summary>Where this test's evidence goes when it fails. The directory need not exist.</summary>
    public string ArtifactDirectory => _evidence.Directory;

    /// <summary>The machines of the test: built in it, and lent to it.</summary>
    public IReadOnlyList<QemuMachine> Machines => [.. Snapshot().Select(entry => entry.Machine)];

    // What a test leaves running behind its time-out must meet a cancelled scope, not the fixture's own.
    private bool IsOpen => !_ended || CancellationToken.IsCancellationRequested;

    /// <summary>Where the test's machines get their room on the host; null: they are not counted.</summary>
    internal MachineAdmission? Admission { get; init; } = MachineAdmission.Shared;

    /// <inheritdoc/>
    Task<IDisposable?> IMachineScope.AdmitAsync(QemuMachine machine, bool mayWait, CancellationToken cancellationToken) => Admission is null
        ? Task.FromResult<IDisposable?>(null)
        : RunInTestAsync(
            token => Admission.AdmitAsync(
                new AdmissionRequest { Memory = GuestMemorySize.BytesOf(machine.Spec), Flow = TestFlow.Current, MayWait = mayWait, Tell = Tell },
                token),
            cancellationToken);

    /// <summary>Where the test's starts of machines queue; null: with all others of the process.</summary>
    internal StartGate? Gate { get; init; }

    /// <inheritdoc/>
    Task IMachineScope.RunStartAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken) => RunInTestAsync(
        async token =>
        {
            await (Gate ?? StartGate.Shared).RunAsync(start, token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Adopt(QemuMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Add(machine, MachineLabel.Of(machine.Name), _bodyRuns ? MachineBond.Built : MachineBond.BuiltByClass, whole: true);
    }

    /// <summary>Sets how the calling code's test is found. A test framework's adapter does that, once.</summary>
    internal static void SetSource(Func<TestScope?> source) => s_source = source;

    /// <summary>Whether the test's own code has begun; before that its class is being made, and a failure there ends no scope.</summary>
    internal bool BodyRuns => _bodyRuns;

    /// <summary>Whether the test turned out to be one to skip: it counts for no overview.</summary>
    internal bool IsSkipped { get; set; }

    /// <summary>Whether machines were built while the test class was made.</summary>
    internal bool HasMachinesOfClass => Array.Exists(Snapshot(), entry => entry.Bond == MachineBond.BuiltByClass);

    /// <summary>What the test failed with before its body, of which its framework hears later.</summary>
    internal Exception? FailedWith { get; set; }

    /// <summary>Says that what is built from here on is the body's.</summary>
    internal void BeginBody() => _bodyRuns = true;

    /// <summary>Takes in a machine that somebody else ends; its events and its consoles begin now for this test.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="label">What it is called in the report.</param>
    /// <param name="whole">Whether its consoles count from their first byte: the test is to show how its start failed.</param>
    internal ScopedMachine Lend(QemuMachine machine, string label, bool whole = false)
    {
        ScopedMachine entry = Add(machine, label, MachineBond.Lent, whole);
        machine.OpenScope(this);
        return entry;
    }

    /// <summary>Says something in the test's output, and at once to whoever watches the run.</summary>
    internal void Tell(string message)
    {
        WriteLine(message);
        TestFlow.Tell($"{Test.DisplayName}: {message}");
    }

    /// <summary>Adds a line to the test's output.</summary>
    internal void WriteLine(string line) => _report.WriteLine(line);

    /// <summary>Tells the test how its machine came to be ready, where that was not the quickest way there is.</summary>
    internal void NoteStart(QemuMachine machine)
    {
        if (machine.LatestStart is not { Reason: not null } start)
            return;
        string note = $"Machine {MachineLabel.Of(machine.Name)} was {start}";
        if (start.Kind == MachineStartKind.FallbackBoot)
            _report.Warn(note);
        else
            _report.WriteLine(note);
    }

    /// <summary>Where the machine's consoles stood when the test met it; null when it did not.</summary>
    internal IReadOnlyList<ConsoleMark>? StartOf(QemuMachine machine) =>
        Array.Find(Snapshot(), entry => ReferenceEquals(entry.Machine, machine))?.Start;

    /// <inheritdoc/>
    public void AddEvidence(string path) => _evidence.Add(path);

    /// <summary>Reports the evidence of a failure, once; when that is being done already, waits for it. Throws nothing.</summary>
    internal Task ReportFailureAsync() => _evidence.ReportAsync(Snapshot(), TestEvidence.Failed, Cause);

    /// <summary>
    /// For a watchdog, before it ends a process that hangs: writes what there is up to now (console, timeline, QMP, state, picture,
    /// report) into the test's running directory, which survives the process. The test goes on. Throws nothing.
    /// </summary>
    /// <param name="reason">Why, in a sentence; it becomes the report's headline.</param>
    /// <param name="limit">How long this may take; what is written by then stays.</param>
    /// <returns>The directory; null when the test has no machine, or has ended, or nothing can be written there, which is told.</returns>
    internal async Task<string?> DumpAsync(string reason, TimeSpan limit)
    {
        (string? directory, Exception? problem) = await _evidence.DumpAsync(Snapshot(), reason, limit).ConfigureAwait(false);
        if (problem is not null)
            Tell($"The evidence of the test that hangs is incomplete: {problem.Message}");
        return directory;
    }

    /// <summary>Whether the test was cancelled before its time was up: for its guest's panic, or by somebody else.</summary>
    internal bool IsCancelledEarly
    {
        get => field || HasPanicked;
        set;
    }

    /// <summary>Whether the guest of one of the test's machines panicked, and the test was cancelled for it.</summary>
    internal bool HasPanicked => _panics.Any;

    /// <summary>The guest's panic that failed this test; given once, to the one who makes the test fail with it.</summary>
    internal GuestPanicException? TakePanic() => _panics.Take();

    /// <summary>What a test that no scope was opened for is to fail with; null when its machine's guest did not panic, or was allowed to.</summary>
    internal static GuestPanicException? PanicOf(QemuMachine machine) =>
        machine.Panic is { IsAllowed: false } panic ? new GuestPanicException(machine.Name, panic) : null;

    /// <summary>Has something done when the test is done with its machines; at once if it is already.</summary>
    internal void WhenLeaving(Action action)
    {
        lock (_gate)
        {
            if (!_left)
            {
                _leaving.Add(action);
                return;
            }
        }

        action();
    }

    /// <summary>At the test's time-out: its body may run on, but counts no longer.</summary>
    internal async Task AbandonAsync()
    {
        _panics.Close(Snapshot());
        await _watchdog.EndAsync().ConfigureAwait(false);
        await ReportFailureAsync().ConfigureAwait(false);
        Leave();
    }

    /// <summary>Ends what the test waits for, and gives it the time to come to its end by itself. Throws nothing.</summary>
    /// <param name="grace">For a body that does not listen.</param>
    internal async Task CancelAsync(TimeSpan grace)
    {
        try
        {
            await _cancellation.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            _report.Warn($"Something failed when the test was cancelled at its time-out: {error.InnerExceptions[0].Message}");
        }

        await EndsWithinAsync(grace).ConfigureAwait(false);
    }

    /// <summary>After a panic: a test that does not hear of it, and goes on, is reported as things are. Throws nothing.</summary>
    /// <param name="grace">The time to come to its end by itself.</param>
    internal async Task ReportUnheardPanicAsync(TimeSpan grace)
    {
        if (!await EndsWithinAsync(grace).ConfigureAwait(false))
            await ReportFailureAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the scope: reports when the test failed, lets go of lent machines, and ends those that were forgotten. Throws nothing.</summary>
    internal async Task EndAsync(bool failed)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }

        ScopedMachine[] machines = Snapshot();
        _panics.Close(machines);
        await _watchdog.EndAsync().ConfigureAwait(false);
        if (failed || _panics.First is not null)
            await ReportFailureAsync().ConfigureAwait(false);
        else if (machines.Any(entry => entry.DiedHere))
            await _evidence.ReportAsync(machines, TestEvidence.Passed, Cause).ConfigureAwait(false);
        else
            await _evidence.SettlePassedAsync(machines, IsSkipped).ConfigureAwait(false);

        Leave();
        foreach (ScopedMachine entry in machines)
            entry.Machine.CloseScope(this);
        await EngineScope.RunNeutralHereAsync(() => EndForgottenAsync(machines, MachineBond.Built)).ConfigureAwait(false);
        if (!CancellationToken.IsCancellationRequested)
            _cancellation.Dispose();
        _closed.SetResult();
    }

    /// <summary>Ends what was built while the test class was made and still runs: the class is gone, or never came to be. Throws nothing.</summary>
    internal Task EndMachinesOfClassAsync() => EngineScope.RunNeutralAsync(() => EndForgottenAsync(Snapshot(), MachineBond.BuiltByClass));

    /// <summary>Why a test failed of whose failure its framework does not know as yet.</summary>
    private TestFailure? Cause()
    {
        if ((FailedWith ?? _panics.First) is { } error)
            return TestFailure.Of(error);
        ScopedMachine[] machines = Snapshot();
        if (Array.Find(machines, entry => entry.DiedHere) is { } died)
            return TestFailure.Of($"Machine {died.Label} ended: {died.Machine.End}");
        if (machines.Select(entry => entry.Machine.Watch.Failure).OfType<QemuLaunchException>().FirstOrDefault() is { } launch)
            return TestFailure.Of(launch);
        return _bodyRuns ? null : TestFailure.Of("The test's constructor or InitializeAsync threw; the test's own report says what.");
    }

    /// <summary>Runs what ends with the test too; a cancellation by the caller is told with the caller's token.</summary>
    private async Task<T> RunInTestAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, CancellationToken);
        try
        {
            return await work(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfTaskCancelled();
            throw;
        }
    }

    private async Task<bool> EndsWithinAsync(TimeSpan grace)
    {
        try
        {
            await _closed.Task.WaitAsync(grace).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Leave()
    {
        Action[] actions;
        lock (_gate)
        {
            _left = true;
            actions = [.. _leaving];
            _leaving.Clear();
        }

        foreach (Action action in actions)
            action();
    }

    private async Task EndForgottenAsync(ScopedMachine[] machines, MachineBond bond)
    {
        foreach (ScopedMachine entry in machines.Where(entry => entry.Bond == bond && entry.Machine.IsRunning))
        {
            string advice = bond == MachineBond.Built ? "declare it with 'await using'" : "dispose of it in the class's DisposeAsync";
            _report.Warn($"Machine {entry.Machine.Name} was still running when the test ended, and was ended: {advice}.");
            await entry.Machine.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ScopedMachine Add(QemuMachine machine, string label, MachineBond bond, bool whole)
    {
        lock (_gate)
        {
            if (_machines.Find(entry => ReferenceEquals(entry.Machine, machine)) is { } known)
                return known;
            string name = ArtifactName.Segment(label);
            string unique = name;
            for (int number = 2; _machines.Exists(entry => string.Equals(entry.Label, unique, StringComparison.OrdinalIgnoreCase)); number++)
                unique = $"{name}-{number}";
            var added = new ScopedMachine(machine, unique, bond, whole);
            _machines.Add(added);
            _panics.Watch(machine);
            if (!_ended)
                _evidence.Watch(added);
            return added;
        }
    }

    private ScopedMachine[] Snapshot()
    {
        lock (_gate)
            return [.. _machines];
    }
}
