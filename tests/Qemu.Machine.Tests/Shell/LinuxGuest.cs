using Qemu.Machine;

namespace Tests.Qemu.Machine.Shell;

/// <summary>The Linux guest of these tests: busybox, with bash and dash beside it; a shell on each console and on the second serial port.</summary>
internal static class LinuxGuest
{
    private static readonly Lazy<Task<(string Kernel, string Initrd)>> s_image = new(CreateAsync);

    public static async Task<QemuMachineBuilder> BuilderAsync(string append = "", string binary = "qemu-system-x86_64")
    {
        (string kernel, string initrd) = await s_image.Value;
        return new QemuMachineBuilder(binary)
            .WithMachine("q35").WithMemory("256M").WithAccelerator("tcg")
            .WithKernel(kernel, initrd, $"console=ttyS0 quiet panic=-1 {append}")
            .WithConsole()
            .ReadyWhen(Readiness.Console("GUEST READY"), TimeSpan.FromSeconds(120));
    }

    private static async Task<(string Kernel, string Initrd)> CreateAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddProgram("/usr/bin/bash", "/usr/bin/bash")
            .AddProgram("/usr/bin/dash", "/usr/bin/dash")
            .AddKernelModules(kernel, "virtio_pci", "virtio_console", "virtio_blk", "virtio_net", "pvpanic-pci")
            .RunBeforeReady("for port in ttyS1 hvc0; do [ -c /dev/$port ] && setsid -c sh <>/dev/$port >&0 2>&1 & done")
            .BuildAsync();
        return (kernel.Path, initrd);
    }
}
