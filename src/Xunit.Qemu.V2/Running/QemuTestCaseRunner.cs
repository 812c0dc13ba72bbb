using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Runs a test, and counts it as skipped if it turned out that it cannot run here.</summary>
internal sealed class QemuTestCaseRunner(
    QemuTestCase testCase,
    object[] constructorArguments,
    object[] testMethodArguments,
    SkippingMessageBus bus,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource)
    : XunitTestCaseRunner(testCase, testCase.DisplayName, testCase.SkipReason, constructorArguments, testMethodArguments, bus, aggregator, cancellationTokenSource)
{
    protected override XunitTestRunner CreateTestRunner(
        ITest test,
        IMessageBus messageBus,
        Type testClass,
        object[] constructorArguments,
        MethodInfo testMethod,
        object[] testMethodArguments,
        string skipReason,
        IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        new QemuTestRunner(test, bus, testClass, constructorArguments, testMethod, testMethodArguments, skipReason, beforeAfterAttributes, new ExceptionAggregator(aggregator), cancellationTokenSource);

    protected override async Task<RunSummary> RunTestAsync()
    {
        RunSummary summary = await base.RunTestAsync().ConfigureAwait(true);
        summary.Skipped += bus.Count;
        return summary;
    }
}
