using Qemu.Machine;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine;

public sealed class MicrovmClockHintTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Linux_on_microvm_is_told_the_frequency_that_it_could_not_measure_on_a_busy_host()
    {
        string append = await AppendAsync(Describe("microvm"));

        Assert.Matches("^tsc_early_khz=[1-9][0-9]{5,6} console=ttyS0$", append);
    }

    [Fact]
    public async Task Frequency_is_the_same_for_all_machines_of_a_process() =>
        Assert.Equal(await AppendAsync(Describe("microvm")), await AppendAsync(Describe("microvm")));

    [Theory]
    [InlineData("q35", "tcg", "console=ttyS0")]
    [InlineData("microvm", "kvm", "console=ttyS0")]
    [InlineData("microvm", "tcg", "tsc_early_khz=1000000 console=ttyS0")]
    [InlineData("microvm", "tcg", "what another kernel reads")]
    public async Task Others_are_told_nothing(string machine, string accelerator, string append) =>
        Assert.Equal(append, await AppendAsync(Describe(machine, accelerator, append)));

    /// <summary>Nice 19: whatever else this host does stands in the way of a measurement.</summary>
    [Fact]
    public async Task Linux_on_microvm_boots_and_is_cloned_when_the_host_has_no_time_for_it()
    {
        QemuMachineBuilder builder = (await LinuxGuest.BuilderAsync())
            .WithMachine("microvm").WithWrapper("nice", "-n", "19")
            .ReadyWhen(Readiness.Console("GUEST READY"), TimeSpan.FromMinutes(5))
            .WithTemplate(new TemplateOptions { CloneTimeout = TimeSpan.FromMinutes(2) });
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);

        await using QemuMachine clone = await template.CloneAsync(Token);

        Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason));
        ShellResult told = await clone.Shell.RunAsync("cat /proc/cmdline", TimeSpan.FromMinutes(2));
        Assert.StartsWith("tsc_early_khz=", told.Output, StringComparison.Ordinal);
    }

    private static QemuMachineBuilder Describe(string machine, string accelerator = "tcg", string append = "console=ttyS0") =>
        new QemuMachineBuilder("qemu-system-x86_64").WithMachine(machine).WithAccelerator(accelerator).WithKernel("kernel", append: append);

    private static async Task<string> AppendAsync(QemuMachineBuilder builder) =>
        Assert.Single((await MicrovmClockHint.ApplyAsync(builder.Spec)).Options.OfType<KernelOption>()).Append!;
}
