using System.Runtime.CompilerServices;
using Qemu.Machine;
using Qemu.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace Xunit.Qemu;

/// <summary>The scope of the test that <see cref="TestContext"/> says is running.</summary>
internal static class CurrentTest
{
    // Keyed by the test object: what a test leaves running behind its time-out still finds its own, ended scope.
    private static readonly ConditionalWeakTable<ITest, TestScope> s_scopes = [];

    // A body that listens needs milliseconds; one that does not is left behind.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>The test's token; in a fixture's lifetime, the run's.</summary>
    public static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Whether the test is known to have failed.</summary>
    public static bool HasFailed => TestContext.Current.TestState is { Result: TestResult.Failed } || TimeOut is not null;

    /// <summary>The test's time-out when it has passed. The test's state does not tell: a body that ends because of it puts how it ended in its place.</summary>
    /// <remarks>By the class <see cref="XunitTest"/>: its interface's property moved to another interface in xUnit.net 4.0.</remarks>
    public static TestTimeoutException? TimeOut =>
        TestContext.Current is { Test: XunitTest { Timeout: > 0 } test, CancellationToken.IsCancellationRequested: true } && s_scopes.TryGetValue(test, out TestScope? scope) && !scope.IsCancelledEarly
            ? TestTimeoutException.ForTimedOutTest(test.Timeout)
            : null;

    /// <summary>Whether the test is known to have been skipped.</summary>
    public static bool WasSkipped => TestContext.Current.TestState is { Result: TestResult.Skipped };

    /// <summary>Makes a test fail with its guest's panic, unless it did so itself.</summary>
    /// <exception cref="GuestPanicException">The guest of one of the test's machines panicked.</exception>
    public static void ThrowPanic(TestScope scope)
    {
        if (scope.TakePanic() is { } panic && !(TestContext.Current.TestState?.ExceptionMessages?.Any(message => message.Contains(panic.Panic.Title, StringComparison.Ordinal)) ?? false))
            throw panic;
    }

    /// <summary>The test's scope. Tests of ours have one from their constructor on, plain facts only if something opened it.</summary>
    public static TestScope? Find()
    {
        ITestContext context = TestContext.Current;
        if (context.Test is not { } test)
            return null;
        if (s_scopes.TryGetValue(test, out TestScope? scope))
            return scope;
        return context.TestMethod is IXunitTestMethod method && method.BeforeAfterTestAttributes.Any(IsOurs) ? Open() : null;
    }

    /// <summary>The test's scope, made now if it has none; null outside a test.</summary>
    public static TestScope? Open() =>
        TestContext.Current.Test is { } test ? s_scopes.GetValue(test, static test => Create(test)) : null;

    private static bool IsOurs(IBeforeAfterTestAttribute attribute) => attribute is QemuFactAttribute or QemuTheoryAttribute;

    private static TestScope Create(ITest test)
    {
        ITestContext context = TestContext.Current;
        var scope = new TestScope(Identify(test), QemuTestSettings.Current, new TestContextReport(context), context.CancellationToken);
        if (context.TestClassInstance is null)
            ClassWatch.Start(context, scope);
        if (test is XunitTest { Timeout: > 0 })
            context.CancellationToken.Register(() => AtCancellation(scope));
        return scope;
    }

    // xUnit.net runs this where it cancels the test, in the test's own context, and at a time-out reports the result afterwards. What the body throws because its waits end
    // belongs to that result if it comes before it; later it is a second failure ("Test Cleanup Failure"). At a time-out the test has a state by then; a run that is stopped, a
    // test that cancels itself, and a panic cancel one that has none as yet. After a panic the time-out may still come, and nobody is called then.
    private static void AtCancellation(TestScope scope)
    {
        if (TestContext.Current.TestState is null)
            scope.IsCancelledEarly = true;
        if (TimeOut is not null)
            BoundedWait.Run(() => AbandonAsync(scope), BoundedWait.EndLimit);
        else if (scope.HasPanicked)
            _ = scope.ReportUnheardPanicAsync(s_grace);
    }

    private static async Task AbandonAsync(TestScope scope)
    {
        await scope.AbandonAsync().ConfigureAwait(false);
        await scope.CancelAsync(s_grace).ConfigureAwait(false);
    }

    private static TestIdentity Identify(ITest test) => test.TestCase.TestMethod is IXunitTestMethod { Method: { ReflectedType: { } testClass } method }
        ? TestIdentities.Create(testClass, method, test.TestDisplayName, test.UniqueID)
        : new TestIdentity("tests", "", test.TestCase.TestClassName ?? "tests", test.TestDisplayName, test.TestDisplayName, test.UniqueID);
}
