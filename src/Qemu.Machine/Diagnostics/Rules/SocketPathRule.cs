namespace Qemu.Machine;

/// <summary>A socket's path beyond the kernel's limit.</summary>
internal sealed class SocketPathRule() : OutputRule("is too long", "Path must be less than")
{
    public override string Name => "socket-path-too-long";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        "A Unix socket's path may have 107 bytes, and this one has more.",
        "Put it into a shorter directory. The machine's own channels need no path unless .WithSocketDirectory() or .WithQmpEndPoint() asks for one.");
}
