using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qemu.Testing;

/// <summary>When the test process ends in the middle of tests (SIGTERM, <see cref="Environment.Exit"/>), what their machines have to show is written down first.</summary>
internal static class ExitWatch
{
    /// <summary>For all tests together: whoever asked the process to end loses patience.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    // Weakly: of a test that the framework never says the end of nothing is to stay.
    private static readonly ConditionalWeakTable<TestScope, object> s_running = [];

    // From .NET 10 on the runtime no longer turns this signal into an exit that is announced. The signal still ends the process, after the handler.
    private static readonly PosixSignalRegistration? s_termination =
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => DumpAll());

    private static readonly Lock s_gate = new();

    private static bool s_dumped;

    static ExitWatch() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => DumpAll();

    public static void Add(TestScope scope) => s_running.AddOrUpdate(scope, s_limit);

    public static void Remove(TestScope scope) => s_running.Remove(scope);

    private static void DumpAll()
    {
        GC.KeepAlive(s_termination);

        // Who ends the process a second way meanwhile, as a test platform whose other half is gone does, waits for the first.
        lock (s_gate)
        {
            if (s_dumped)
                return;
            s_dumped = true;
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
}
