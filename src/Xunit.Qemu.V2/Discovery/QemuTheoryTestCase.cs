using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>A <c>[QemuTheory]</c> whose rows are known when it runs.</summary>
internal sealed class QemuTheoryTestCase : XunitTheoryTestCase
{
    [Obsolete("xUnit.net makes it so when it has come from another process.")]
    public QemuTheoryTestCase()
    {
    }

    public QemuTheoryTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod testMethod)
        : base(sink, display, displayOptions, testMethod)
    {
    }

    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        RunnerDiagnostics.Use(diagnosticMessageSink);
        return new QemuTheoryTestCaseRunner(this, constructorArguments, diagnosticMessageSink, new SkippingMessageBus(messageBus), aggregator, cancellationTokenSource).RunAsync();
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute) ?? (TestRequirements.Of(factAttribute) is { } requirements ? Qemu.SkipReason.Probe(requirements) : null);
}
