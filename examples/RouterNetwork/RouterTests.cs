using Qemu.Machine;
using Qemu.Testing;
using Xunit;
using Xunit.Qemu;

namespace RouterNetwork;

/// <summary>A router with a foot in each of two networks, and a machine in the one that reaches into the other only through it.</summary>
public sealed class RouterTests
{
    // 10.2.0.1 is the router's own address in the outer network; whatever a client sends on from there leaves by that card.
    private const string Outer = "10.2.0.1";

    [QemuFact(Device = "virtio-net-pci")]
    public async Task Client_reaches_the_outer_network_through_the_router()
    {
        await using var inner = new QemuNetwork("inner");
        await using var outer = new QemuNetwork("outer");
        await using QemuMachine client = (await Guests.LinuxAsync()).WithName("client").WithNetwork(inner).Build();
        await using QemuMachine router = (await Guests.LinuxAsync()).WithName("router").WithNetwork(inner).WithNetwork(outer).Build();
        await Task.WhenAll(client.StartAsync(), router.StartAsync());
        await RunAsync(router, $"ip addr add 10.1.0.1/24 dev eth0; ip link set eth0 up; ip addr add {Outer}/24 dev eth1; ip link set eth1 up");
        await RunAsync(client, "ip addr add 10.1.0.2/24 dev eth0; ip link set eth0 up");

        Assert.False(await PingsAsync(client), "without a route");
        await RunAsync(client, "ip route add default via 10.1.0.1");
        Assert.True(await PingsAsync(client), "by way of the router");

        inner.IsCut = true;
        Assert.False(await PingsAsync(client, attempts: 1), "over a cut cable");
        inner.IsCut = false;
        Assert.True(await PingsAsync(client), "over a cable that was mended");

        await router.Network.SetLinkAsync(isUp: false);
        Assert.False(await PingsAsync(client, attempts: 1), "to a router that was unplugged");
    }

    [QemuFact(Device = "virtio-net-pci")]
    public async Task Router_forwards_once_it_is_told_to()
    {
        string cable = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var inner = new QemuNetwork("inner");
        await using var outer = new QemuNetwork("outer");
        await using QemuMachine client = (await Guests.LinuxAsync()).WithName("client").WithNetwork(inner).Build();
        await using QemuMachine router = (await Guests.LinuxAsync()).WithName("router").WithNetwork(inner).WithNetwork(outer).Build();
        await Task.WhenAll(client.StartAsync(), router.StartAsync());
        await RunAsync(router, $"ip addr add 10.1.0.1/24 dev eth0; ip link set eth0 up; ip addr add {Outer}/24 dev eth1; ip link set eth1 up");
        await RunAsync(client, "ip addr add 10.1.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.1.0.1");

        // 10.2.0.9 is not there, but the router knows its card: what is forwarded to it can be seen on the cable.
        await RunAsync(router, "arp -i eth1 -s 10.2.0.9 52:54:00:00:00:09");
        using (outer.CaptureTo(cable))
        {
            await PingsAsync(client, attempts: 1, host: "10.2.0.9");
            Assert.False(await Capture.HoldsAsync(cable, from: "10.1.0.2", to: "10.2.0.9"));

            await RunAsync(router, "echo 1 >/proc/sys/net/ipv4/ip_forward");
            await PingsAsync(client, attempts: 3, host: "10.2.0.9");
            Assert.True(await Capture.HoldsAsync(cable, from: "10.1.0.2", to: "10.2.0.9"));
        }

        File.Delete(cable);
    }

    private static async Task<bool> PingsAsync(QemuMachine machine, int attempts = 10, string host = Outer) =>
        (await machine.Shell.RunAsync($"for i in $(seq {attempts}); do ping -c 1 -W 2 {host} && exit; done; exit 1", TimeSpan.FromMinutes(1))).Succeeded;

    private static async Task RunAsync(QemuMachine machine, string command) =>
        QemuAssert.Succeeded(await machine.Shell.RunAsync(command), machine);
}
