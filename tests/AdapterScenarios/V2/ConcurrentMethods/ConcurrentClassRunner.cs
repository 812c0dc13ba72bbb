using Xunit.Abstractions;
using Xunit.Sdk;

namespace Scenarios.ConcurrentMethods;

internal sealed class ConcurrentClassRunner(
    ITestClass testClass,
    IReflectionTypeInfo @class,
    IEnumerable<IXunitTestCase> testCases,
    IMessageSink diagnosticMessageSink,
    IMessageBus messageBus,
    ITestCaseOrderer testCaseOrderer,
    ExceptionAggregator aggregator,
    CancellationTokenSource cancellationTokenSource,
    IDictionary<Type, object> collectionFixtureMappings)
    : XunitTestClassRunner(testClass, @class, testCases, diagnosticMessageSink, messageBus, testCaseOrderer, aggregator, cancellationTokenSource, collectionFixtureMappings)
{
    protected override async Task<RunSummary> RunTestMethodsAsync()
    {
        object[] arguments = CreateTestClassConstructorArguments();
        RunSummary[] summaries = await Task.WhenAll(TestCases
            .GroupBy(testCase => testCase.TestMethod, TestMethodComparer.Instance)
            .Select(method => Task.Run(() => RunTestMethodAsync(method.Key, (IReflectionMethodInfo)method.Key.Method, method, arguments))));
        var total = new RunSummary();
        foreach (RunSummary summary in summaries)
            total.Aggregate(summary);
        return total;
    }

    // A test's output helper is put in place in this very array: each method needs one of its own.
    protected override Task<RunSummary> RunTestMethodAsync(
        ITestMethod testMethod,
        IReflectionMethodInfo method,
        IEnumerable<IXunitTestCase> testCases,
        object[] constructorArguments) =>
        base.RunTestMethodAsync(testMethod, method, testCases, [.. constructorArguments]);
}
