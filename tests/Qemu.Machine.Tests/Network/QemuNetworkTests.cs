using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qemu.Machine;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Network;

public sealed class QemuNetworkTests
{
    private const int PcapHeader = 24;

    [Fact(Timeout = 300_000)]
    public async Task Machines_on_a_segment_reach_each_other_until_it_is_cut()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("segment-");
        await using var segment = new QemuNetwork();
        await using QemuMachine a = (await LinuxGuest.BuilderAsync()).WithNetwork(segment).Build();
        await using QemuMachine b = (await LinuxGuest.BuilderAsync()).WithNetwork(segment).Build();
        await Task.WhenAll(a.StartAsync(), b.StartAsync());
        string pcap = Path.Combine(directory.FullName, "segment.pcap");
        using (segment.CaptureTo(pcap))
        {
            await Task.WhenAll(ConfigureAsync(a, 1), ConfigureAsync(b, 2));

            (await a.Shell.RunAsync("ping -c 3 -W 5 10.9.9.2")).EnsureSucceeded();
            Assert.Equal(2, segment.Count);
            Assert.NotEqual((await a.Shell.RunAsync("cat /sys/class/net/eth0/address")).Output, (await b.Shell.RunAsync("cat /sys/class/net/eth0/address")).Output);

            segment.IsCut = true;
            Assert.False((await a.Shell.RunAsync("ping -c 2 -W 1 10.9.9.2")).Succeeded);
            segment.IsCut = false;
            (await a.Shell.RunAsync("ping -c 1 -W 5 10.9.9.2")).EnsureSucceeded();
        }

        Assert.True(new FileInfo(pcap).Length > PcapHeader + (4 * 2 * (16 + 98)), "four pings with their answers are in the capture");
        await a.ShutdownAsync();
        await b.ShutdownAsync();
        directory.Delete(recursive: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task Link_goes_down_and_up_and_a_cards_packets_are_captured()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("capture-");
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithUserNetwork().Build();
        await machine.StartAsync();
        await ConfigureAsync(machine, 15, "10.0.2");

        await machine.Network.SetLinkAsync(isUp: false);
        (await machine.Shell.RunAsync("until [ \"$(cat /sys/class/net/eth0/carrier)\" = 0 ]; do sleep 0.1; done")).EnsureSucceeded();
        await machine.Network.SetLinkAsync(isUp: true);
        (await machine.Shell.RunAsync("until [ \"$(cat /sys/class/net/eth0/carrier)\" = 1 ]; do sleep 0.1; done")).EnsureSucceeded();

        string path = Path.Combine(directory.FullName, "card.pcap");
        await using (PacketCapture capture = await machine.Network.CaptureAsync(path))
            (await machine.Shell.RunAsync("ping -c 1 -W 5 10.0.2.2")).EnsureSucceeded();
        long length = new FileInfo(path).Length;
        Assert.True(length > PcapHeader + (2 * (16 + 98)), $"{length} bytes");
        Assert.Contains(".WithUserNetwork()", (await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.Network.SetLinkAsync(false, card: 1))).Message, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Machine_that_ends_leaves_its_segment()
    {
        await using var segment = new QemuNetwork();
        await using (QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithAccelerator("tcg").WithFirmware(TestRom.Path).WithNetwork(segment).Build())
        {
            await machine.LaunchAsync();
            Assert.Equal(1, segment.Count);
        }

        while (segment.Count > 0)
            await Task.Yield();
    }

    [Fact(Timeout = 60_000)]
    public async Task Capture_that_cannot_be_written_any_more_ends_alone()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("segment-");
        string pipe = Path.Combine(directory.FullName, "capture");
        using (Process mkfifo = Process.Start("mkfifo", [pipe]))
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        var logger = new RecordingLogger();
        await using var segment = new QemuNetwork(logger: logger);
        await using Stream one = Plug(segment);
        await using Stream two = Plug(segment);
        var reader = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        using IDisposable capture = segment.CaptureTo(pipe);
        await reader.DisposeAsync(); // from here on a write to it fails

        byte[] frame = new byte[64];
        await SendAsync(one, frame);
        await SendAsync(one, frame);

        byte[] received = new byte[2 * (sizeof(int) + frame.Length)];
        await two.ReadExactlyAsync(received).AsTask().WaitAsync(Machines.HangGuard);
        Assert.Single(logger.Warnings, line => line.Contains(pipe, StringComparison.Ordinal));
        directory.Delete(recursive: true);
    }

    private static NetworkStream Plug(QemuNetwork segment)
    {
        using DescriptorPair cable = DescriptorPair.CreateSocketPair();
        segment.Plug(cable);
        SafeFileHandle copy = DescriptorPair.Duplicate(cable.Theirs);
        var socket = new Socket(new SafeSocketHandle(copy.DangerousGetHandle(), ownsHandle: true));
        copy.SetHandleAsInvalid();
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task SendAsync(Stream stream, byte[] frame)
    {
        byte[] prefix = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(prefix, frame.Length);
        await stream.WriteAsync((byte[])[.. prefix, .. frame]);
    }

    private static async Task ConfigureAsync(QemuMachine machine, int host, string network = "10.9.9") =>
        (await machine.Shell.RunAsync($"ip addr add {network}.{host}/24 dev eth0 && ip link set eth0 up")).EnsureSucceeded();
}
