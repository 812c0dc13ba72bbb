using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>A QEMU that goes wrong while it is asked what it offers: the probe says so, and does not fail.</summary>
public sealed class ProbeFaultTests
{
    private static readonly QemuSettings s_settings = new() { TimeoutScale = 0.1 };

    [Theory]
    [InlineData("close")]
    [InlineData("exit")]
    [InlineData("garbage")]
    public async Task Lists_of_a_program_have_its_problems_when_it_is(string fault)
    {
        using var directory = new TestDirectory();

        HostLists lists = await new ListProbe(Target(directory, fault)).RunAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(lists.Problems);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("mute")]
    [InlineData("exit")]
    [InlineData("garbage")]
    public async Task Accelerator_is_unusable_when_its_program_is(string fault)
    {
        using var directory = new TestDirectory();
        var lists = new HostLists { Architecture = "x86_64", MachineTypes = [new QemuMachineType("pc", Alias: null, IsDefault: true, IsDeprecated: false)] };

        (QemuAccelerator verdict, _) = await new AcceleratorProbe(Target(directory, fault), lists).RunAsync("tcg", TestContext.Current.CancellationToken);

        Assert.Equal(AcceleratorState.Unusable, verdict.State);
    }

    private static HostTarget Target(TestDirectory directory, string fault)
    {
        string script = directory["qemu"];
        File.WriteAllText(script, $"#!/bin/sh\nexec '{Machines.FakeQemu}' \"$@\" -fault {fault}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new HostTarget(script, [], s_settings);
    }
}
