using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>A test while it runs: its scope, its token and its report.</summary>
internal sealed class RunningTest : IDisposable
{
    private readonly CancellationTokenSource _cancellation;

    /// <param name="test">Which test it is.</param>
    /// <param name="flow">What it is run in one after the other with: its collection's id.</param>
    /// <param name="run">Cancelled when the run is stopped.</param>
    public RunningTest(TestIdentity test, string flow, CancellationToken run)
    {
        Flow = flow;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(run);
        CancellationToken = _cancellation.Token;
        Scope = new TestScope(test, QemuTestSettings.Current, Report, CancellationToken);
    }

    public string Flow { get; }

    public TestScope Scope { get; }

    public TestOutputReport Report { get; } = new();

    /// <summary>Cancelled at the test's time-out and when the run is stopped.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>How to find out what the test failed with, so far.</summary>
    public Func<Exception?> FailureSource { get; set; } = static () => null;

    /// <summary>At the test's time-out: reports as things are, then ends what the test waits for.</summary>
    public async Task AbandonAsync()
    {
        await Scope.AbandonAsync().ConfigureAwait(false);
        await _cancellation.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>When the test's class is gone, or could not be made.</summary>
    public async Task EndAsync(bool failed)
    {
        await Scope.EndAsync(failed).ConfigureAwait(false);
        await Scope.EndMachinesOfClassAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_cancellation.IsCancellationRequested)
            _cancellation.Dispose();
    }
}
