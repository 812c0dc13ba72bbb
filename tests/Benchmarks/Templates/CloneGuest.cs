using Qemu.Machine;

namespace Benchmarks;

/// <summary>The guest that is booted and cloned: Debian's cloud kernel and busybox, 256 MiB, with a shell on its serial console.</summary>
internal sealed record CloneGuest(string Kernel, string Initrd)
{
    public const string Memory = "256M";
    public const string Append = "console=ttyS0 quiet panic=-1";

    /// <summary>What is typed, and what only a shell makes of it.</summary>
    public const string Question = "echo on-$((40+2))";
    public const string Answer = "on-42";

    public static async Task<CloneGuest> CreateAsync()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        return new CloneGuest(kernel.Path, await new Initramfs().AddBusybox().BuildAsync());
    }

    public QemuMachineBuilder Describe() => new QemuMachineBuilder(QemuBinary.Path)
        .WithMachine("q35").WithMemory(Memory).WithAccelerator("tcg")
        .WithKernel(Kernel, Initrd, Append)
        .WithConsole()
        .ReadyWhen(Readiness.Console("GUEST READY"), TimeSpan.FromMinutes(2));

    /// <summary>Until the machine answers.</summary>
    public static async Task AskAsync(QemuMachine machine)
    {
        await machine.Console.SendLineAsync(Question);
        await machine.Console.WaitForAsync(Answer);
    }
}
