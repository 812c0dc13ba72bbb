using Qemu.Machine;

namespace TextInstaller;

/// <summary>What is under test: an installer that speaks to a screen and a keyboard only, in a small Linux.</summary>
internal static class Installer
{
    // The colour of a page is its background's; 44 is blue, 43 brown, 42 green. The screen's font has no part in it.
    private const string Script = """
        page() { printf '\033[%sm\033[2J\033[H\033[?25l\n\n   %s\n\n' "$1" "$2"; }
        install() {
            page '37;44' 'Welcome. What is this machine to be called?'
            printf '   > '; read -r name
            page '30;43' "Install \"$name\" on /dev/vda? All that is on it will be lost. (y/n)"
            printf '   > '; read -r answer
            if [ "$answer" != y ]; then page '37;41' 'Nothing was installed.'; return; fi
            printf 'name=%s\n' "$name" | dd of=/dev/vda conv=fsync 2>/dev/null
            page '30;42' 'Done. Press ctrl-alt-delete.'
        }
        echo 0 >/proc/sys/kernel/printk
        echo 1 >/proc/sys/kernel/ctrl-alt-del
        (install) </dev/tty1 >/dev/tty1 2>&1 &
        """;

    public static async Task<QemuMachineBuilder> OnAsync(string disk)
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddKernelModules(kernel, "virtio_pci", "virtio_blk")
            .RunBeforeReady(Script)
            .BuildAsync();
        return new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("q35").WithMemory("256M")
            .WithKernel(kernel.Path, initrd, append: "console=ttyS0 quiet panic=-1")
            .WithConsole() // for the kernel's messages; the tests do without
            .WithDisplay()
            .WithDisk(disk)
            .WithArguments("-no-reboot");
    }
}
