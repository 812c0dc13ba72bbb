namespace Qemu.Machine;

/// <summary>Where work that takes long reports its progress: booting a template, fetching a kernel, waiting for another process that builds the same thing. A test-framework layer sets it, once.</summary>
public static class MachineProgress
{
    private static volatile Action<string>? s_sink;

    /// <summary>Sets the callback that is told what is being done, for how long so far, and what it waits for. What it throws is ignored.</summary>
    public static void SetSink(Action<string>? sink) => s_sink = sink;

    internal static bool IsWanted => s_sink is not null;

    internal static void Report(string message)
    {
        try
        {
            s_sink?.Invoke(message);
        }
        catch (Exception)
        {
            // Whoever listened has gone.
        }
    }
}
