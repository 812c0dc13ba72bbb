namespace Xunit.Qemu;

/// <summary>
/// The runner's ear for what is to be known before a test has ended. xUnit.net v2 has no way to ask for it: it is passed to
/// discoverers and to test cases, and the latest one is kept for fixtures, which are made before any test case runs.
/// </summary>
internal static class RunnerDiagnostics
{
    private static volatile IMessageSink? s_sink;

    public static void Use(IMessageSink? sink)
    {
        if (sink is not null)
            s_sink = sink;
    }

    public static void Tell(string message)
    {
        try
        {
            s_sink?.OnMessage(new DiagnosticMessage(message));
        }
        catch (Exception)
        {
            // The run is over, and nobody listens any more.
        }
    }
}
