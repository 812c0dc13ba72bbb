namespace Qemu.Machine;

/// <summary>Guest memory that a device's program beside QEMU can map too.</summary>
/// <param name="Size">The size with its unit.</param>
internal sealed record SharedMemoryOption(string Size) : QemuOption
{
    private const string Id = "shared-ram";

    // QEMU merges several -machine options.
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.Add("-object", $"memory-backend-memfd,id={Id},size={Size},share=on");
        commandLine.Add("-machine", "memory-backend=" + Id);
    }
}
