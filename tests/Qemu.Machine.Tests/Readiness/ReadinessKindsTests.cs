using Qemu.Machine;
using Tests.Qemu.Machine.Shell;
using Ready = Qemu.Machine.Readiness;

namespace Tests.Qemu.Machine.ReadinessKinds;

public sealed class ReadinessKindsTests
{
    [Fact(Timeout = 300_000)]
    public async Task Port_is_ready_when_the_guest_listens_and_a_command_when_it_succeeds()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithUserNetwork(80).ReadyWhen(
            Ready.All(
                Ready.When("the server is on its way", async (vm, token) => await vm.Shell.RunAsync(
                    "ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; (sleep 2; echo hello >/tmp/index.html; nc -ll -p 80 -e echo hello) >/dev/null 2>&1 &",
                    TimeSpan.FromMinutes(2),
                    cancellationToken: token)),
                Ready.Port(80),
                Ready.Command("[ -s /tmp/index.html ]")),
            TimeSpan.FromMinutes(3)).Build();
        await machine.StartAsync();

        using var reader = new StreamReader(await machine.ConnectAsync(80));
        Assert.Equal("hello\n", await reader.ReadToEndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Port_is_not_ready_while_the_guest_has_no_network_to_answer_from()
    {
        await using QemuMachine machine = Rom().WithUserNetwork(80).ReadyWhen(Ready.Port(80), TimeSpan.FromSeconds(3)).Build();

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.StartAsync());

        Assert.Contains("port 80 of the guest is open", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Port_is_ready_when_a_server_waits_for_its_client_to_speak()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithUserNetwork(80).ReadyWhen(
            Ready.All(
                Ready.When("the server is on its way", async (vm, token) => await vm.Shell.RunAsync(
                    "echo hello >/tmp/index.html; (sleep 2; ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; sleep 2; httpd -p 80 -h /tmp) >/dev/null 2>&1 &",
                    TimeSpan.FromMinutes(2),
                    cancellationToken: token)),
                Ready.Port(80)),
            TimeSpan.FromMinutes(3)).Build();
        await machine.StartAsync();

        ShellResult servers = await machine.Shell.RunAsync("pidof httpd", TimeSpan.FromMinutes(2));

        Assert.True(servers.Succeeded);
    }

    [Fact(Timeout = 60_000)]
    public async Task Event_and_whichever_comes_first_are_conditions_too()
    {
        await using QemuMachine machine = Rom()
            .WithDevice("pvpanic").WithoutPanicRule("GUEST_CRASHLOADED")
            .ReadyWhen(Ready.All(
                Ready.Any(Ready.Console("never"), Ready.Console(TestRom.Ready)),
                Ready.When("a command", (vm, token) => vm.Console.SendLineAsync("crashload", token)),
                Ready.Event("GUEST_CRASHLOADED"))).Build();

        await machine.StartAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Condition_that_does_not_come_is_named()
    {
        await using QemuMachine machine = Rom().ReadyWhen(Ready.Any(Ready.Console("never"), Ready.Event("NEVER")), TimeSpan.FromSeconds(1)).Build();

        var error = await Assert.ThrowsAsync<QemuTimeoutException>(() => machine.StartAsync());

        Assert.Contains("\"never\" on console 0, or the event NEVER", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Agent_without_an_agent_is_a_mistake_at_once()
    {
        await using QemuMachine machine = Rom().ReadyWhen(Ready.GuestAgent()).Build();

        await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.StartAsync());
    }

    private static QemuMachineBuilder Rom() => new QemuMachineBuilder("qemu-system-x86_64")
        .WithMachine("q35").WithMemory("16M").WithAccelerator("tcg").WithFirmware(TestRom.Path).WithConsole();
}
