using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Agent;

public sealed class GuestAgentTests(AgentMachine agent) : IClassFixture<AgentMachine>
{
    private readonly GuestAgent _agent = agent.Machine.GuestAgent;

    [Fact(Timeout = 300_000)]
    public async Task Program_gives_output_error_and_exit_code()
    {
        ShellResult result = await _agent.RunAsync("/bin/sh", ["-c", "cat; echo \"$NAME\" >&2; exit 3"], new AgentRunOptions
        {
            Input = "in\0and\xFFout"u8.ToArray(),
            Environment = ImmutableDictionary<string, string>.Empty.Add("NAME", "it's me"),
        });

        Assert.Equal("in\0and\xFFout"u8.ToArray(), result.OutputBytes.ToArray());
        Assert.Equal("it's me\n", result.Error);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact(Timeout = 300_000)]
    public async Task Signal_counts_as_shells_count_it() => Assert.Equal(128 + 9, (await _agent.RunAsync("/bin/sh", ["-c", "kill -9 $$"])).ExitCode);

    [Fact(Timeout = 300_000)]
    public async Task Shutdown_that_no_agent_takes_times_out()
    {
        await using QemuMachine machine = Machines.Rom().WithGuestAgent().WithSettings(new QemuSettings { TimeoutScale = 0.02 }).Build();
        await machine.LaunchAsync();

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.GuestAgent.ShutdownAsync());

        Assert.Contains("is qemu-ga running", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Program_that_is_not_there_is_a_refusal() =>
        await Assert.ThrowsAsync<QmpCommandException>(() => _agent.RunAsync("/no/such/program"));

    [Fact(Timeout = 300_000)]
    public async Task Program_that_does_not_end_in_time_leaves_the_agent_usable()
    {
        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => _agent.RunAsync("/bin/sleep", ["1000"], new AgentRunOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Contains("sleep 1000", error.Message, StringComparison.Ordinal);
        await _agent.PingAsync();
    }

    [Fact(Timeout = 300_000)]
    public async Task Stopped_agent_times_out_and_is_in_step_again_when_it_goes_on()
    {
        await agent.Machine.Shell.RunAsync("kill -STOP $(pidof qemu-ga)");
        await Assert.ThrowsAsync<QemuTimeoutException>(() => _agent.PingAsync(TimeSpan.FromSeconds(1)));
        await agent.Machine.Shell.RunAsync("kill -CONT $(pidof qemu-ga)");

        Assert.Equal("ok\n", (await _agent.RunAsync("/bin/echo", ["ok"])).Output);
    }

    [Fact(Timeout = 300_000)]
    public async Task Network_interfaces_are_listed()
    {
        GuestNetworkInterface loopback = Assert.Single(await _agent.GetNetworkInterfacesAsync(), item => item.Name == "lo");

        Assert.Contains(IPAddress.Loopback, loopback.Addresses);
    }

    [Fact(Timeout = 300_000)]
    public async Task Clock_is_set()
    {
        await _agent.SetTimeAsync(new DateTimeOffset(2042, 3, 4, 5, 6, 7, TimeSpan.Zero));

        Assert.StartsWith("2042-03-04", (await _agent.RunAsync("/bin/date", ["-u", "+%F"])).Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task File_systems_freeze_and_thaw()
    {
        // A guest in RAM has none that can be frozen: the agent says so by a count, or in words.
        Assert.Equal(0, await _agent.FreezeFileSystemsAsync());
        Assert.Equal("thawed", (await _agent.ExecuteAsync("guest-fsfreeze-status")).GetString() is "thawed" ? "thawed" : await ThawAsync());

        async Task<string> ThawAsync()
        {
            await _agent.ThawFileSystemsAsync();
            return (await _agent.ExecuteAsync("guest-fsfreeze-status")).GetString()!;
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Files_of_several_chunks_pass_both_ways()
    {
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        await agent.Machine.Files.WriteAsync("/tmp/new/dir/big file", content);

        Assert.Equal(content, await agent.Machine.Files.ReadAsync("/tmp/new/dir/big file"));
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(content)), (await _agent.RunAsync("sha256sum", ["/tmp/new/dir/big file"])).Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Shutdown_powers_the_guest_off()
    {
        await using QemuMachine machine = (await AgentGuest.BuilderAsync()).Build();
        await machine.StartAsync();
        await machine.Files.WriteTextAsync("/sbin/shutdown", "#!/bin/sh\npoweroff -f\n");
        await machine.GuestAgent.RunAsync("/bin/chmod", ["755", "/sbin/shutdown"]);

        await machine.GuestAgent.ShutdownAsync();
        await machine.WaitForShutdownAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(MachineEndCause.GuestShutdown, machine.End!.Cause);
    }

    [Fact]
    public void Machine_without_agent_says_what_to_add() =>
        Assert.Contains(".WithGuestAgent()", Assert.Throws<QemuConfigurationException>(() => new QemuMachineBuilder("qemu-system-x86_64").Build().GuestAgent).Message, StringComparison.Ordinal);
}
