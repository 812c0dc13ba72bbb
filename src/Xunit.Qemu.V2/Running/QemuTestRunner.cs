using System.Reflection;
using Qemu.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Runs one test in a scope of its own, and puts the evidence of its failure behind its output.</summary>
internal sealed class QemuTestRunner(
    ITest test,
    SkippingMessageBus bus,
    Type testClass,
    object[] constructorArguments,
    MethodInfo testMethod,
    object[] testMethodArguments,
    string skipReason,
    IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource)
    : XunitTestRunner(test, bus, testClass, constructorArguments, testMethod, testMethodArguments, skipReason, beforeAfterAttributes, aggregator, cancellationTokenSource)
{
    private RunningTest? _running;

    protected override async Task<Tuple<decimal, string>> InvokeTestAsync(ExceptionAggregator aggregator)
    {
        CurrentTest.Enter(TestCase.TestMethod.TestClass.TestCollection);
        using var running = new RunningTest(TestIdentities.Create(TestClass, TestMethod, Test.DisplayName, TestCase.UniqueID + Test.DisplayName), CancellationTokenSource.Token);
        _running = running;
        CurrentTest.Enter(running); // seen by all that the test does, and by it alone: a change in an async method does not reach its caller

        Tuple<decimal, string> result = await base.InvokeTestAsync(aggregator).ConfigureAwait(true);

        await running.EndAsync().ConfigureAwait(true);
        if (aggregator.ToException() is RequirementNotMetException unmet)
        {
            aggregator.Clear();
            bus.Skip(Test, unmet.Message);
        }

        return Tuple.Create(result.Item1, running.Report.AppendTo(result.Item2));
    }

    protected override async Task<decimal> InvokeTestMethodAsync(ExceptionAggregator aggregator)
    {
        var invoker = new QemuTestInvoker(_running!, Test, MessageBus, TestClass, ConstructorArguments, TestMethod, TestMethodArguments, BeforeAfterAttributes, CancellationTokenSource);
        decimal seconds = await invoker.RunAsync().ConfigureAwait(true);
        aggregator.Aggregate(invoker.Errors);
        return seconds;
    }
}
