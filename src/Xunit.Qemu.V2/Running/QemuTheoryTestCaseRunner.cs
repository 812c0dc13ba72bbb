using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Runs all rows of a theory, and counts those as skipped that turned out not to be able to run here.</summary>
internal sealed class QemuTheoryTestCaseRunner(
    QemuTheoryTestCase testCase,
    object[] constructorArguments,
    IMessageSink diagnosticMessageSink,
    SkippingMessageBus bus,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource)
    : XunitTheoryTestCaseRunner(testCase, testCase.DisplayName, testCase.SkipReason, constructorArguments, diagnosticMessageSink, bus, aggregator, cancellationTokenSource)
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
