using Qemu.Machine;
using Xunit;
using Xunit.Qemu;

namespace FirmwareAarch64;

/// <summary>Firmware has no shell and no exit codes: its tests type, and wait for what is printed.</summary>
public sealed class UBootTests : QemuTest<UBootVm>
{
    [QemuFact(Binary = "qemu-system-aarch64", MachineType = "virt", Requires = typeof(UBoot))]
    public async Task Board_has_the_memory_that_it_was_given()
    {
        await Machine.Console.SendLineAsync("bdinfo");

        // The line's end belongs to the expression: text is matched as it arrives, and half a number would do otherwise.
        ConsoleMatch size = await Machine.Console.WaitForAsync(new System.Text.RegularExpressions.Regex(@"-> size\s+= (0x[0-9a-f]+)\n"));
        Assert.Equal(128 * 1024 * 1024, Convert.ToInt64(size.Regex!.Groups[1].Value, 16));
    }

    [QemuFact(Binary = "qemu-system-aarch64", MachineType = "virt", Requires = typeof(UBoot))]
    public async Task Variables_are_kept_until_the_reset_and_no_longer()
    {
        await Machine.Console.SendLineAsync("setenv answer 42; echo \"answer=\"${answer}.");
        await Machine.Console.WaitForAsync("answer=42.");

        await Machine.Console.SendLineAsync("reset");
        await Machine.Console.WaitForAsync("Hit any key to stop autoboot");
        await Machine.Console.SendLineAsync("");
        await Machine.Console.WaitForAsync(UBootVm.Prompt);
        await Machine.Console.SendLineAsync("echo \"answer=\"${answer}.");
        await Machine.Console.WaitForAsync("answer=.");
    }

    [QemuFact(Binary = "qemu-system-aarch64", MachineType = "virt", Requires = typeof(UBoot))]
    public async Task Poweroff_ends_the_machine()
    {
        await Machine.Console.SendLineAsync("poweroff");

        await Machine.WaitForShutdownAsync();
        Assert.Equal(0, Machine.ExitCode);
    }
}
