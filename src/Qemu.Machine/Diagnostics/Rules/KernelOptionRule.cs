namespace Qemu.Machine;

/// <summary>A ramdisk or a kernel command line without a kernel, or a kernel where none can be booted.</summary>
internal sealed class KernelOptionRule() : OutputRule("only allowed with -kernel", "-kernel parameter is not supported")
{
    public override string Name => "kernel-option";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => line.Says("not supported")
        ? new Finding("This machine type boots no kernel directly.", "Use another machine type, or -device loader,file=….")
        : new Finding("A ramdisk or a kernel command line is given without a kernel.", "Use .WithKernel(kernel, initrd, append); a disk's own boot loader has its own command line.");
}
