using System.Diagnostics;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Agent;

/// <summary>Debian's guest agent, fetched through apt without being installed, in a Linux guest.</summary>
internal static class AgentGuest
{
    private static readonly Lazy<Task<string?>> s_program = new(FetchAsync);

    public static async Task<QemuMachineBuilder> BuilderAsync()
    {
        string? program = await s_program.Value;
        Assert.SkipWhen(program is null, "needs qemu-guest-agent: apt cannot fetch it here");
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddProgram("/usr/sbin/qemu-ga", program)
            .AddDirectory("/var/run")
            .AddKernelModules(kernel, "virtio_pci", "virtio_console", "virtio_net")
            .RunBeforeReady("ip link set lo up\nqemu-ga -m virtio-serial -p /dev/vport1p1 -t /var/run </dev/null >/dev/null 2>&1 &")
            .BuildAsync();
        return new QemuMachineBuilder("qemu-system-x86_64")
            .WithMachine("q35").WithMemory("256M").WithAccelerator("tcg")
            .WithKernel(kernel.Path, initrd, "console=ttyS0 quiet panic=-1")
            .WithConsole().WithGuestAgent()
            .ReadyWhen(Readiness.GuestAgent(), TimeSpan.FromSeconds(120));
    }

    private static async Task<string?> FetchAsync()
    {
        string directory = Path.Combine(Path.GetTempPath(), $"xunit-qemu-agent-{Environment.UserName}");
        string program = Path.Combine(directory, "usr/sbin/qemu-ga");
        if (File.Exists(program))
            return program;
        string work = Directory.CreateTempSubdirectory("agent-").FullName;
        try
        {
            var shell = new ProcessStartInfo("/bin/sh", ["-c", "apt-get download qemu-guest-agent && dpkg-deb -x qemu-guest-agent*.deb ."]) { WorkingDirectory = work, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(shell)!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
            if (process.ExitCode != 0)
                return null;
            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            File.Copy(Path.Combine(work, "usr/sbin/qemu-ga"), program, overwrite: true);
            return program;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
