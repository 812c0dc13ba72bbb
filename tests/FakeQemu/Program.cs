namespace FakeQemu;

/// <summary>
/// Stands where QEMU would and misbehaves as <c>-fault NAME</c> says: <see cref="Faults"/> has the names. It is started like
/// QEMU and finds its channels in the same <c>-chardev</c> arguments; the others it leaves alone.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        string fault = ValueOf(arguments, "-fault") ?? "none";
        using Channel? qmp = Channel.Open(arguments, "qmp");
        using Channel? console = Channel.Open(arguments, "console0");
        return Faults.Play(fault, new Monitor(qmp), console);
    }

    private static string? ValueOf(string[] arguments, string option)
    {
        int index = Array.IndexOf(arguments, option);
        return index < 0 ? null : arguments[index + 1];
    }
}
