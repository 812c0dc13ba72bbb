using Qemu.Machine;

namespace HelloLinux;

/// <summary>A small Linux for the tests: Debian's cloud kernel, and busybox in an initramfs. Made once, and cached on the host.</summary>
internal static class Guests
{
    private static readonly Lazy<(string Kernel, string Initrd)> s_linux = new(() => BuildAsync().GetAwaiter().GetResult());

    public static string Kernel => s_linux.Value.Kernel;

    public static string Initrd => s_linux.Value.Initrd;

    private static async Task<(string Kernel, string Initrd)> BuildAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync().ConfigureAwait(false);
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddKernelModules(kernel, "virtio_pci", "virtio_net")
            .BuildAsync().ConfigureAwait(false);
        return (kernel.Path, initrd);
    }
}
