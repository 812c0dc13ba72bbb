namespace Qemu.Machine;

/// <summary>A descriptor number that QEMU was not given.</summary>
internal sealed class DescriptorRule() : OutputRule("fd is not valid or already in use", "Invalid file descriptor", "file descriptor is not valid", "Bad file descriptor")
{
    public override string Name => "descriptor";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"{line.Option?.Text ?? "The command line"} names a descriptor that QEMU does not have: none is inherited unasked.",
        "Pass it with .WithFileDescriptor(handle, fdset), and open it as /dev/fdset/N.");
}
