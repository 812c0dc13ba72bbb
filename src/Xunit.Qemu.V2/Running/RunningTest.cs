using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>A test while it runs: its scope, its token and its report.</summary>
internal sealed class RunningTest : IDisposable
{
    private readonly CancellationTokenSource _cancellation;

    public RunningTest(TestIdentity test, CancellationToken run)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(run);
        CancellationToken = _cancellation.Token;
        Scope = new TestScope(test, QemuTestSettings.Current, Report, CancellationToken);
    }

    public TestScope Scope { get; }

    public TestOutputReport Report { get; } = new();

    /// <summary>Cancelled at the test's time-out and when the run is stopped.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether the test is known to have failed; one that cannot run here has not.</summary>
    public bool HasFailed => Report.FailureSource() is not (null or RequirementNotMetException);

    /// <summary>At the test's time-out: reports as things are, then ends what the test waits for.</summary>
    public async Task AbandonAsync()
    {
        await Scope.AbandonAsync().ConfigureAwait(false);
        await _cancellation.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>When the body is done, or will not run.</summary>
    public Task EndScopeAsync()
    {
        Scope.IsSkipped = Report.FailureSource() is RequirementNotMetException;
        return Scope.EndAsync(HasFailed);
    }

    /// <summary>When the test's class is gone, or could not be made.</summary>
    public async Task EndAsync()
    {
        await EndScopeAsync().ConfigureAwait(false);
        await Scope.EndMachinesOfClassAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_cancellation.IsCancellationRequested)
            _cancellation.Dispose();
    }
}
