using Qemu.Machine;
using Xunit.Qemu;

namespace FirmwareAarch64;

/// <summary>A board with nothing but firmware, at its prompt.</summary>
public sealed class UBootVm : QemuMachineFixture
{
    public const string Prompt = "\n=> ";

    protected override string Binary => "qemu-system-aarch64";

    protected override void Configure(QemuMachineBuilder vm) => vm
        .WithMachine("virt").WithCpu("cortex-a57").WithMemory("128M")
        .WithFirmware(UBoot.Image)
        .WithArguments("-nic", "none") // or it would try to boot from the network
        .WithConsole()
        .ReadyWhen(Readiness.All(
            Readiness.Console("Hit any key to stop autoboot"),
            Readiness.When("the prompt", async (machine, token) =>
            {
                await machine.Console.SendLineAsync("", token);
                await machine.Console.WaitForAsync(Prompt, cancellationToken: token);
            })))
        .WithTemplate(); // the firmware starts once; each test has a clone of the machine at its prompt
}
