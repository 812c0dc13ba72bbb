using System.Runtime.ExceptionServices;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// What is behind a fixture: one machine, started once, kept fit for the next test, and ended with the fixture. A start
/// that failed is kept and thrown to every test that wants the machine. Thread-safe.
/// </summary>
internal sealed class MachineHost : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _lifetime = new();
    private readonly MachineFactory _factory;
    private readonly EngineScope _scope;
    private readonly MachineUsers _users = new();
    private readonly List<QemuMachine> _extra = [];
    private readonly List<string> _told = [];
    private Task? _work;
    private SharedMachine? _shared;
    private ExceptionDispatchInfo? _failure;

    /// <param name="factory">Makes its machines.</param>
    /// <param name="settings">The settings from outside.</param>
    public MachineHost(MachineFactory factory, QemuTestSettings settings)
    {
        _factory = factory;
        _scope = new EngineScope(settings.Machine, Adopt) { Admission = factory.Admission, Gate = factory.Gate, Tell = Tell };
    }

    public string Name => _factory.Definition.Name;

    /// <summary>The flow of tests that share the machine; null when a whole assembly does.</summary>
    public string? Flow
    {
        get => _scope.Flow;
        set => _scope.Flow = value;
    }

    /// <summary>Whether a start was asked for.</summary>
    public bool IsStarted
    {
        get
        {
            lock (_gate)
                return _work is not null;
        }
    }

    /// <summary>Starts the machine, or waits for the start that is under way. A failure is kept, not thrown.</summary>
    /// <param name="cancellationToken">Ends the wait; the start is the host's.</param>
    public Task EnsureStartedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return (_work ??= _scope.RunAsync(() => KeepFailureAsync(StartAsync))).WaitAsync(cancellationToken);
    }

    /// <summary>The machine for a test, or for code outside any; it must have been asked to start.</summary>
    /// <param name="scope">The test that meets it; null outside any.</param>
    /// <exception cref="Exception">Whatever the start failed with.</exception>
    public QemuMachine GetMachine(TestScope? scope)
    {
        QemuMachine? machine = _shared?.Machine;
        if (scope is not null)
            Lend(scope);
        _failure?.Throw();
        return machine ?? throw new InvalidOperationException($"The machine of {Name} is not there: it was not started yet, or is disposed of.");
    }

    /// <summary>Makes the machine fit for a test as the reset policy says, and lends it to the test.</summary>
    /// <exception cref="QemuConfigurationException">The machine is to be reset, and another test is using it.</exception>
    public async Task PrepareAsync(TestScope scope, CancellationToken cancellationToken)
    {
        await EnsureStartedAsync(cancellationToken).ConfigureAwait(false);
        if (_failure is null && NeedsReset(scope))
            await ResetOnceAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        QemuMachine machine = GetMachine(scope);
        if (_shared!.IsFresh)
            scope.NoteStart(machine);
        _shared.IsFresh = false;
    }

    /// <summary>Makes the machine, and those that the fixture's hooks built, part of a test; also when they did not start.</summary>
    public void Lend(TestScope scope)
    {
        if (_shared?.Machine is { } machine)
            _users.Add(scope, machine, Name, whole: _failure is not null);
        foreach (QemuMachine extra in Extra())
            scope.Lend(extra, MachineLabel.Of(extra.Name));
        foreach (string message in TakeTold())
            scope.WriteLine(message);
    }

    /// <summary>Another machine of the same definition, started. It is the caller's; built in a test, it belongs to that test.</summary>
    public async Task<QemuMachine> CreateAsync(CancellationToken cancellationToken)
    {
        QemuMachine machine = await Task.Run(() => _factory.CreateAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        TestScope.Current?.NoteStart(machine);
        return machine;
    }

    /// <summary>Ends the machine, and with it whatever the fixture's hooks built.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        Task? work;
        lock (_gate)
            work = _work;
        if (work is not null)
            await work.ConfigureAwait(false);
        try
        {
            await _scope.RunAsync(DisposeMachinesAsync).ConfigureAwait(false);
        }
        finally
        {
            // Also when the fixture's hook fails.
            await _factory.DisposeAsync().ConfigureAwait(false);
            _lifetime.Dispose();
        }
    }

    private async Task StartAsync()
    {
        _shared = new SharedMachine(_factory);
        await _shared.StartAsync(_lifetime.Token).ConfigureAwait(false);
    }

    /// <summary>One reset at a time; who asks meanwhile gets the one that is under way.</summary>
    private Task ResetOnceAsync()
    {
        lock (_gate)
        {
            if (_work!.IsCompleted)
                _work = _scope.RunAsync(() => KeepFailureAsync(() => _shared!.ResetAsync(_lifetime.Token)));
            return _work;
        }
    }

    private bool NeedsReset(TestScope scope)
    {
        switch (_factory.Definition.Reset)
        {
            case ResetPolicy.WhenBroken:
                return _shared!.IsBroken;
            case ResetPolicy.BeforeEachTest when _users.OtherThan(scope) is { } other:
                throw new QemuConfigurationException(
                    $"The machine of {Name} is reset before each test, and '{other.Test.DisplayName}' is using it while '{scope.Test.DisplayName}' begins. " +
                    $"Give each test a machine of its own: derive the class from QemuTest<{Name}>, or call CloneAsync.");
            case ResetPolicy.BeforeEachTest:
                return !_shared!.IsFresh;
            default:
                return false;
        }
    }

    private async Task KeepFailureAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>No test is running: it is said to those who watch, and in the output of the first test that meets the machine.</summary>
    private void Tell(string message)
    {
        lock (_gate)
            _told.Add($"{Name}: {message}");
        TestFlow.Tell($"{Name}: {message}");
    }

    private string[] TakeTold()
    {
        lock (_gate)
        {
            string[] told = [.. _told];
            _told.Clear();
            return told;
        }
    }

    private void Adopt(QemuMachine machine)
    {
        lock (_gate)
            _extra.Add(machine);
    }

    /// <summary>The machines that the fixture's hooks built besides its own.</summary>
    private QemuMachine[] Extra()
    {
        lock (_gate)
            return [.. _extra.Where(machine => !ReferenceEquals(machine, _shared?.Machine))];
    }

    private async Task DisposeMachinesAsync()
    {
        foreach (QemuMachine extra in Extra())
            await extra.DisposeAsync().ConfigureAwait(false);
        if (_shared is not null)
            await _shared.DisposeAsync().ConfigureAwait(false);
    }
}
