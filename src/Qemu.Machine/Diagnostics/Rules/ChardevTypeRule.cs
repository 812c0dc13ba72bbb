namespace Qemu.Machine;

/// <summary>A kind of character device that does not exist.</summary>
internal sealed class ChardevTypeRule() : OutputRule("is not a valid char driver")
{
    private static readonly string[] s_types = ["null", "socket", "udp", "msmouse", "vc", "ringbuf", "file", "pipe", "pty", "stdio", "serial", "tty", "mux", "mon:stdio"];

    public override string Name => "chardev-type";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"There is no character device '{line.Quoted()}'.",
        NearestName.Find(line.Quoted(), s_types) is { } nearest
            ? $"Did you mean '{nearest}'?"
            : $"`{evidence.BinaryName} -chardev help` lists them; .WithConsole() makes one that this library reads.");
}
