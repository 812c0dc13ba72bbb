using Qemu.Machine;
using Qemu.Testing;
using Xunit.Abstractions;

namespace Xunit.Qemu;

/// <summary>The <c>[QemuFact]</c> or <c>[QemuTheory]</c> that the calling code belongs to. Of plain facts xUnit.net v2 tells nobody.</summary>
internal static class CurrentTest
{
    private static readonly AsyncLocal<RunningTest?> s_current = new();
    private static readonly AsyncLocal<string?> s_flow = new();

    /// <summary>The collection of the test, whose tests run one after the other; null outside any.</summary>
    public static string? Flow => s_flow.Value;

    /// <summary>The test's token; none in a fixture's lifetime and in a plain fact.</summary>
    public static CancellationToken CancellationToken => s_current.Value?.CancellationToken ?? CancellationToken.None;

    /// <summary>Whether the test is known to have failed.</summary>
    public static bool HasFailed => s_current.Value is { HasFailed: true };

    /// <summary>From here on the calling code, and what it calls, is of this collection.</summary>
    public static void Enter(ITestCollection collection) => s_flow.Value = collection.UniqueID.ToString();

    /// <summary>From here on the calling code, and what it calls, is the test's.</summary>
    public static void Enter(RunningTest test) => s_current.Value = test;

    /// <summary>Makes a test fail with its guest's panic, unless it did so itself.</summary>
    /// <exception cref="GuestPanicException">The guest of one of the test's machines panicked.</exception>
    public static void ThrowPanic(TestScope scope)
    {
        if (scope.TakePanic() is { } panic && !IsToldBy(s_current.Value?.Report.FailureSource(), panic))
            throw panic;
    }

    public static TestScope? Find() => s_current.Value?.Scope;

    public static TestScope? Open() => Find();

    private static bool IsToldBy(Exception? failure, GuestPanicException panic) => failure switch
    {
        null => false,
        AggregateException several => several.InnerExceptions.Any(inner => IsToldBy(inner, panic)),
        _ => failure.Message.Contains(panic.Panic.Title, StringComparison.Ordinal),
    };
}
