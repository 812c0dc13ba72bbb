using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>aarch64 <c>virt</c> under UEFI firmware, whose shell is the guest: it has memory, a variable store in flash, and answers.</summary>
public sealed class Aarch64TemplateTests
{
    private const string Code = "/usr/share/AAVMF/AAVMF_CODE.fd";
    private const string Variables = "/usr/share/AAVMF/AAVMF_VARS.fd";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Clones_under_UEFI_firmware_go_on_in_its_shell_each_for_itself(string version)
    {
        string binary = QemuVersions.Binary(version, "qemu-system-aarch64");
        Assert.SkipUnless(File.Exists(Code), "needs the UEFI firmware for aarch64: sudo apt-get install qemu-efi-aarch64");
        DateTime written = File.GetLastWriteTimeUtc(Variables);
        QemuMachineBuilder builder = new QemuMachineBuilder(binary)
            .WithMachine("virt").WithCpu("cortex-a57").WithMemory("256M").WithAccelerator("tcg")
            .WithFlash(Code, Variables)
            .WithConsole()
            .WithArguments("-nic", "none") // the firmware would try for minutes to boot from a network
            .ReadyWhen(Readiness.All(Readiness.Console("startup.nsh"), Readiness.When("a variable is set in the shell", SetUpAsync)), TimeSpan.FromMinutes(5))
            .WithTemplate(new TemplateOptions { CloneTimeout = TimeSpan.FromMinutes(2) });
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);

        await using QemuMachine first = await template.CloneAsync(Token);
        await using QemuMachine second = await template.CloneAsync(Token);
        await RunAsync(first, "set mine changed");

        Assert.All([first, second], clone => Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason)));
        await AssertSaysAsync(first, "echo =%mine%=", "=changed=");
        await AssertSaysAsync(second, "echo =%mine%=", "=template=");
        Assert.Equal(written, File.GetLastWriteTimeUtc(Variables));
    }

    /// <summary>The key ends the five seconds in which the shell waits for one.</summary>
    private static async Task SetUpAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await machine.Console.SendBytesAsync("\u001b"u8.ToArray(), cancellationToken);
        await machine.Console.WaitForAsync("Shell>", TimeSpan.FromMinutes(2), cancellationToken: cancellationToken);
        await RunAsync(machine, "set mine template");
    }

    private static async Task RunAsync(QemuMachine machine, string command)
    {
        ConsoleMark before = machine.Console.Mark;
        await machine.Console.SendBytesAsync(Encoding.ASCII.GetBytes(command + "\r"), Token);
        await machine.Console.WaitForAsync("Shell>", TimeSpan.FromMinutes(2), from: before, cancellationToken: Token);
    }

    private static async Task AssertSaysAsync(QemuMachine machine, string command, string answer)
    {
        ConsoleMark before = machine.Console.Mark;
        await machine.Console.SendBytesAsync(Encoding.ASCII.GetBytes(command + "\r"), Token);
        await machine.Console.WaitForAsync(answer, TimeSpan.FromMinutes(2), from: before, cancellationToken: Token);
    }
}
