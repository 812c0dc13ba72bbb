using Qemu.Machine;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Panic;

public sealed class LinuxPanicTests
{
    [Fact(Timeout = 300_000)]
    public async Task Command_that_panics_the_kernel_throws_the_panic_with_its_trace()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithArguments("-no-reboot").Build();
        await machine.StartAsync();

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.Shell.RunAsync("echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger"));

        Assert.Equal("Kernel panic - not syncing: sysrq triggered crash", error.Panic.Title);
        Assert.Contains("Call Trace", error.Panic.Trace, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Boot_that_finds_no_root_is_a_panic_instead_of_a_time_out()
    {
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync();
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("256M").WithAccelerator("tcg")
            .WithKernel(kernel.Path, append: "console=ttyS0 quiet").WithConsole()
            .ReadyWhen(global::Qemu.Machine.Readiness.Console("never"), TimeSpan.FromMinutes(4)).Build();

        var error = await Assert.ThrowsAsync<GuestPanicException>(() => machine.StartAsync());

        Assert.Contains("Unable to mount root fs", error.Panic.Title, StringComparison.Ordinal);
    }
}
