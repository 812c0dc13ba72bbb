namespace Qemu.Machine;

/// <summary>A kernel that QEMU boots itself: <c>-kernel</c>, <c>-initrd</c>, <c>-append</c>.</summary>
/// <param name="Kernel">Path of the kernel image.</param>
/// <param name="Initrd">Path of the initial ramdisk; null for none.</param>
/// <param name="Append">The kernel command line; null for none.</param>
public sealed record KernelOption(string Kernel, string? Initrd, string? Append) : QemuOption
{
    internal override void AppendTo(CommandLineBuilder commandLine)
    {
        commandLine.Add("-kernel", Kernel);
        if (Initrd is not null)
            commandLine.Add("-initrd", Initrd);
        if (Append is not null)
            commandLine.Add("-append", Append);
    }
}
