using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>A <c>[QemuFact]</c>, or one row of a <c>[QemuTheory]</c>.</summary>
internal sealed class QemuTestCase : XunitTestCase
{
    [Obsolete("xUnit.net makes it so when it has come from another process.")]
    public QemuTestCase()
    {
    }

    public QemuTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions displayOptions, ITestMethod testMethod, object[]? arguments = null)
        : base(sink, display, displayOptions, testMethod, arguments)
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
        return new QemuTestCaseRunner(this, constructorArguments, TestMethodArguments, new SkippingMessageBus(messageBus), aggregator, cancellationTokenSource).RunAsync();
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute) ?? (TestRequirements.Of(factAttribute) is { } requirements ? Qemu.SkipReason.Probe(requirements) : null);
}
