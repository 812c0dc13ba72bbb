using Qemu.Machine;

namespace DiskPowerCut;

/// <summary>A small Linux with a disk driver, and the host's own mkfs.ext4 and e2fsck in it. Made once, and cached on the host.</summary>
internal static class Guests
{
    public static async Task<QemuMachineBuilder> LinuxAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddProgram("/sbin/mkfs.ext4", E2fsprogs.MakeFileSystem)
            .AddProgram("/sbin/e2fsck", E2fsprogs.Check)
            .AddKernelModules(kernel, "virtio_pci", "virtio_blk", "ext4")
            .BuildAsync();
        return new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("q35").WithMemory("256M")
            .WithKernel(kernel.Path, initrd, append: "console=ttyS0 quiet panic=-1")
            .WithConsole()
            .ReadyWhen(Readiness.Console("GUEST READY"));
    }
}
