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

    /// <summary>The test's token; in a fixture's lifetime, the run's.</summary>
    public static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Whether the test is known to have failed.</summary>
    public static bool HasFailed => TestContext.Current.TestState is { Result: TestResult.Failed };

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
        return scope;
    }

    private static TestIdentity Identify(ITest test) => test.TestCase.TestMethod is IXunitTestMethod { Method: { ReflectedType: { } testClass } method }
        ? TestIdentities.Create(testClass, method, test.TestDisplayName, test.UniqueID)
        : new TestIdentity("tests", "", test.TestCase.TestClassName ?? "tests", test.TestDisplayName, test.TestDisplayName, test.UniqueID);
}
