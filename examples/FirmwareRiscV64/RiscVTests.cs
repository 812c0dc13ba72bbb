using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace FirmwareRiscV64;

/// <summary>OpenSBI in machine mode, and U-Boot above it: each stage says what it found, and hands on.</summary>
public sealed class RiscVTests
{
    [QemuTheory(Binary = "qemu-system-riscv64", MachineType = "virt", Requires = typeof(UBoot))]
    [InlineData(1)]
    [InlineData(4)]
    public async Task OpenSbi_finds_the_harts_and_hands_on_to_uboot(int harts)
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-riscv64")
            .WithMachine("virt").WithMemory("128M").WithSmp(harts)
            .WithKernel(UBoot.Image) // QEMU brings OpenSBI by itself; what it starts stands in the kernel's place
            .WithConsole()
            .Build();
        await machine.LaunchAsync();

        await QemuAssert.ConsoleShowsAsync(machine, new System.Text.RegularExpressions.Regex($@"Platform HART Count\s+: {harts}\n"));
        await QemuAssert.ConsoleShowsAsync(machine, new System.Text.RegularExpressions.Regex(@"Domain0 Next Mode\s+: S-mode"));
        await QemuAssert.ConsoleShowsAsync(machine, "Hit any key to stop autoboot", TimeSpan.FromMinutes(1));
        await machine.Console.SendLineAsync("");
        await QemuAssert.ConsoleShowsAsync(machine, "\n=> ");

        await machine.Console.SendLineAsync("sbi");
        await QemuAssert.ConsoleShowsAsync(machine, "System Reset Extension");
        await machine.Console.SendLineAsync("poweroff");
        await QemuAssert.ShutsDownAsync(machine);
    }
}
