using System.Text.Json;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Launch;

/// <summary>Row "args, add_args, args property": <c>WithArguments</c>, <c>AddArguments</c>, <c>Arguments</c>.</summary>
public sealed class ArgumentsTests
{
    private const string AwkwardName = "a name  with 'single' and \"double\" quotes; $HOME `id` \\ & | * ? é";

    [Fact]
    public async Task Arguments_read_back_as_given_and_are_copied_in()
    {
        string[] given = ["-name", "one"];
        await using QemuMachine machine = Machines.Empty().WithArguments(given).Build();
        given[1] = "changed";

        machine.AddArguments("-S");

        Assert.Equal(["-name", "one", "-S"], machine.Arguments);
        Assert.Equal(["-name", "one"], machine.Spec.Arguments);
    }

    [Fact]
    public async Task Arguments_reach_qemu_unchanged_and_last()
    {
        await using QemuMachine machine = Machines.Rom().WithArguments("-name", AwkwardName).Build();
        machine.AddArguments("-S");

        await machine.LaunchAsync();

        Assert.Equal(["-name", AwkwardName, "-S"], ProcessTable.CommandLine(machine.ProcessId!.Value)[^3..]);
        Assert.Equal(AwkwardName, (await machine.Qmp.ExecuteAsync("query-name")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Arguments_that_are_empty_reach_qemu_too()
    {
        await using QemuMachine machine = Machines.Empty().WithArguments("-name", "", "-S").Build();

        await machine.LaunchAsync();

        Assert.Equal(["-name", "", "-S"], ProcessTable.CommandLine(machine.ProcessId!.Value)[^3..]);
    }

    [Fact]
    public async Task Arguments_added_while_running_count_from_the_next_launch()
    {
        await using QemuMachine machine = Machines.Empty().Build();
        await machine.LaunchAsync();
        machine.AddArguments("-name", "second");
        JsonElement first = await machine.Qmp.ExecuteAsync("query-name");
        await machine.ShutdownAsync();

        await machine.LaunchAsync();

        Assert.False(first.TryGetProperty("name", out _));
        Assert.Equal("second", (await machine.Qmp.ExecuteAsync("query-name")).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("-daemonize")]
    [InlineData("--daemonize")]
    public async Task Arguments_that_take_qemu_out_of_reach_are_refused(string argument)
    {
        await using QemuMachine machine = Machines.Empty().WithArguments(argument).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.IsType<QemuConfigurationException>(error.InnerException);
        Assert.Equal("daemonize", error.Diagnosis?.Rule);
    }
}
