namespace Qemu.Testing;

/// <summary>
/// What the test framework runs one after the other, such as a test collection: tests and fixtures of one flow wait for each
/// other by nature, those of two flows must not.
/// </summary>
internal static class TestFlow
{
    private static volatile Func<string?> s_current = static () => null;
    private static volatile Action<string> s_tell = static _ => { };

    /// <summary>The flow of the calling code, unique in this process; null when it belongs to none, as what a whole assembly shares.</summary>
    public static string? Current => s_current();

    /// <summary>Tells whoever watches the run, now: a test's output is shown when the test has ended.</summary>
    public static void Tell(string message) => s_tell(message);

    /// <summary>Sets how the flow is found and where messages go. A test framework's adapter does that, once.</summary>
    public static void SetSource(Func<string?> current, Action<string> tell) => (s_current, s_tell) = (current, tell);
}
