using System.Collections.Concurrent;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>
/// A test case's way to the runner, on which the result of a test that cannot run here becomes a skip: xUnit.net v2 knows none
/// that shows only when the test runs.
/// </summary>
internal sealed class SkippingMessageBus(IMessageBus inner) : IMessageBus
{
    private readonly ConcurrentDictionary<ITest, string> _reasons = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many tests were skipped so.</summary>
    public int Count => _reasons.Count;

    public void Skip(ITest test, string reason) => _reasons[test] = reason;

    public bool QueueMessage(IMessageSinkMessage message) => inner.QueueMessage(
        message is ITestPassed passed && _reasons.TryGetValue(passed.Test, out string? reason) ? new TestSkipped(passed.Test, reason) : message);

    public void Dispose()
    {
        // The inner one is the runner's.
    }
}
