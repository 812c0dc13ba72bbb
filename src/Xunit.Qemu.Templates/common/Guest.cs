using Qemu.Machine;

namespace QemuTests1;

/// <summary>The system under test: a Linux kernel, and busybox in an initramfs. Replace it by your own.</summary>
internal static class Guest
{
    private static readonly Lazy<(string Kernel, string Initrd)> s_files = new(() => PrepareAsync().GetAwaiter().GetResult());

    public static string Kernel => s_files.Value.Kernel;

    public static string Initrd => s_files.Value.Initrd;

    // Debian's kernel for virtual machines, fetched once and kept in the cache; LinuxKernel has others.
    private static async Task<(string Kernel, string Initrd)> PrepareAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs().AddBusybox().BuildAsync();
        return (kernel.Path, initrd);
    }
}
