using System.Runtime.CompilerServices;

namespace Qemu.Testing;

/// <summary>When the test process ends in the middle of tests (SIGTERM, <see cref="Environment.Exit"/>), what their machines have to show is written down first.</summary>
internal static class ExitWatch
{
    /// <summary>For all tests together: whoever asked the process to end loses patience.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    // Weakly: of a test that the framework never says the end of nothing is to stay.
    private static readonly ConditionalWeakTable<TestScope, object> s_running = [];

    static ExitWatch() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => DumpAll();

    public static void Add(TestScope scope) => s_running.AddOrUpdate(scope, s_limit);

    public static void Remove(TestScope scope) => s_running.Remove(scope);

    private static void DumpAll()
    {
        TestScope[] running = [.. s_running.Select(static entry => entry.Key)];
        if (running.Length == 0)
            return;
        try
        {
            BoundedWait.Run(
                () => Task.WhenAll(running.Select(static scope => scope.DumpAsync("The test process ended in the middle of this test.", s_limit))),
                s_limit);
        }
        catch (TimeoutException)
        {
            // What is written by now stays.
        }
    }
}
