using Qemu.Machine;

namespace RouterNetwork;

/// <summary>A small Linux with a network driver: Debian's cloud kernel, and busybox in an initramfs. Made once, and cached on the host.</summary>
internal static class Guests
{
    public static async Task<QemuMachineBuilder> LinuxAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddKernelModules(kernel, "virtio_pci", "virtio_net")
            .BuildAsync();
        return new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("q35").WithMemory("128M")
            .WithKernel(kernel.Path, initrd, append: "console=ttyS0 quiet panic=-1")
            .WithConsole()
            .ReadyWhen(Readiness.Console("GUEST READY"));
    }
}
