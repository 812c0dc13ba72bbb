using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Makes a test's class and calls its method, with what a machine needs right before and right after.</summary>
internal sealed class QemuTestInvoker : XunitTestInvoker
{
    private readonly RunningTest _running;
    private object? _instance;

    public QemuTestInvoker(
        RunningTest running,
        ITest test,
        IMessageBus messageBus,
        Type testClass,
        object[] constructorArguments,
        MethodInfo testMethod,
        object[] testMethodArguments,
        IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes,
        CancellationTokenSource cancellationTokenSource)
        : base(test, messageBus, testClass, constructorArguments, testMethod, testMethodArguments, beforeAfterAttributes, new ExceptionAggregator(), cancellationTokenSource)
    {
        _running = running;
        running.Report.FailureSource = () => Aggregator.ToException();
        running.Report.Output = constructorArguments.OfType<TestOutputHelper>().FirstOrDefault();
    }

    /// <summary>What the test failed with, so far.</summary>
    public ExceptionAggregator Errors => Aggregator;

    protected override object? CreateTestClass() => _instance = base.CreateTestClass();

    protected override async Task BeforeTestMethodInvokedAsync()
    {
        await Aggregator.RunAsync(PrepareAsync).ConfigureAwait(true);
        if (!Aggregator.HasExceptions)
            await base.BeforeTestMethodInvokedAsync().ConfigureAwait(true);
    }

    protected override async Task<decimal> InvokeTestMethodAsync(object testClassInstance)
    {
        try
        {
            return await base.InvokeTestMethodAsync(testClassInstance).ConfigureAwait(true);
        }
        catch (TestTimeoutException late)
        {
            // The method may run on. What it still has to say goes to the aggregator of before, that nobody reads. Let
            // through, the exception would keep xUnit.net from calling the class's DisposeAsync.
            Aggregator = new ExceptionAggregator();
            Aggregator.Add(late);
            await _running.AbandonAsync().ConfigureAwait(true);
            return Timer.Total;
        }
    }

    protected override async Task AfterTestMethodInvokedAsync()
    {
        await base.AfterTestMethodInvokedAsync().ConfigureAwait(true);
        await _running.EndScopeAsync().ConfigureAwait(true);
        Aggregator.Run(() => CurrentTest.ThrowPanic(_running.Scope));
    }

    private Task PrepareAsync()
    {
        _running.Scope.BeginBody();
        return TestPreparation.RunAsync(
            _running.Scope,
            TestRequirements.Of(TestCase.TestMethod),
            _instance,
            FixtureRegistry.UsedBy(ConstructorArguments),
            _running.CancellationToken);
    }
}
