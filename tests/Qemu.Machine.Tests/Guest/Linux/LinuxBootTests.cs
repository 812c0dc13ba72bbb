using System.Diagnostics;
using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Guest.Linux;

/// <summary>A Debian kernel with an initramfs from here, in a real QEMU.</summary>
public sealed class LinuxBootTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(Timeout = 300_000)]
    public async Task Guest_boots_with_its_modules_a_program_of_the_host_and_a_shell()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync(cancellationToken: token);
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddKernelModules(kernel, "virtio_pci", "virtio_blk")
            .AddProgram("/opt/host-env", "/usr/bin/env")
            .RunBeforeReady("/opt/host-env printf 'ran %s\\n' \"$(uname -r)\"")
            .WithReadyLine("it's ready")
            .BuildAsync(_directory.Path, token);
        string disk = _directory.Write("disk", new byte[1 << 20]);

        string[] arguments =
        [
            "-accel", "tcg", "-m", "256", "-display", "none", "-vga", "none", "-no-reboot", "-nodefaults", "-serial", "stdio",
            "-kernel", kernel.Path, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1", "-drive", $"file={disk},format=raw,if=virtio",
        ];
        using Process qemu = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            string boot = await ReadUntilAsync(qemu.StandardOutput, "it's ready", token);
            Assert.Contains($"ran {kernel.Release}", boot, StringComparison.Ordinal);

            await qemu.StandardInput.WriteLineAsync("cat /proc/modules; ls -l /dev/vda; tty; poweroff -f".AsMemory(), token);
            await qemu.StandardInput.FlushAsync(token);
            string shell = await qemu.StandardOutput.ReadToEndAsync(token);

            Assert.Contains("virtio_blk ", shell, StringComparison.Ordinal);
            Assert.Matches("brw.* /dev/vda", shell);
            Assert.Contains("/dev/ttyS0", shell, StringComparison.Ordinal);
            Assert.DoesNotContain("job control", shell, StringComparison.Ordinal);
        }
        finally
        {
            qemu.Kill();
        }
    }

    private static async Task<string> ReadUntilAsync(StreamReader console, string text, CancellationToken cancellationToken)
    {
        var seen = new StringBuilder();
        while (await console.ReadLineAsync(cancellationToken) is { } line)
        {
            seen.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return seen.ToString();
        }

        throw new InvalidOperationException("The guest ended early:\n" + seen);
    }
}
