using System.Net;
using System.Net.Sockets;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Network;

/// <summary><c>HostPort</c>, <c>ConnectAsync</c> and <c>CreateHttpClient</c>: forwards to ports of the guest.</summary>
public sealed class GuestPortTests
{
    [Fact(Timeout = 300_000)]
    public async Task Http_server_in_the_guest_answers_clients_and_streams()
    {
        using var root = new TempRoot();
        LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync(cancellationToken: TestContext.Current.CancellationToken);
        string initrd = await new Initramfs()
            .AddBusybox()
            .AddKernelModules(kernel, "virtio_pci", "virtio_net")
            .AddFile("/www/index.html", "hello from the guest"u8)
            .RunBeforeReady("ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; httpd -p 80 -h /www")
            .WithReadyLine("it's ready")
            .BuildAsync(root.Path, TestContext.Current.CancellationToken);
        await using QemuMachine machine = new QemuMachineBuilder(Machines.Binary)
            .WithMachine("q35").WithAccelerator("tcg").WithMemory("256M")
            .WithKernel(kernel.Path, initrd, "console=ttyS0 quiet panic=-1")
            .WithUserNetwork(80, 81)
            .WithConsole()
            .ReadyWhen(Readiness.Console("it's ready"), TimeSpan.FromMinutes(3))
            .Build();
        await machine.StartAsync();

        using HttpClient client = machine.CreateHttpClient(80);
        Assert.Equal("hello from the guest", await client.GetStringAsync("index.html"));
        Assert.Equal("hello from the guest", await client.GetStringAsync(new Uri("http://any.name.example:1234/index.html")));
        Assert.NotEqual(machine.HostPort(80), machine.HostPort(81));

        await using Stream stream = await machine.ConnectAsync(80);
        await stream.WriteAsync("GET /index.html HTTP/1.0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.EndsWith("hello from the guest", await reader.ReadToEndAsync(), StringComparison.Ordinal);

        // Nobody listens on 81 in the guest: QEMU accepts, and the stream ends.
        await using Stream nobody = await machine.ConnectAsync(81);
        Assert.Equal(0, await ReadAsync(nobody));
    }

    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Host_ports_are_chosen_by_qemu_and_read_back(string version)
    {
        await using QemuMachine machine = Machines.Rom("pc", QemuVersions.Binary(version))
            .WithUserNetwork(22, new PortForward(53, Udp: true))
            .WithArguments("-nic", "user,hostfwd=tcp:127.0.0.1:0-:8080")
            .Build();
        await machine.LaunchAsync();

        int[] ports = [machine.HostPort(22), machine.HostPort(53, udp: true), machine.HostPort(8080)];
        Assert.All(ports, port => Assert.InRange(port, 1, 65535));
        Assert.Equal(3, ports.Distinct().Count());
        await using Stream stream = await machine.ConnectAsync(22);
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task Port_that_is_not_forwarded_is_an_error_that_names_what_to_add()
    {
        await using QemuMachine machine = Machines.Rom().WithUserNetwork(22).Build();
        Assert.Contains("not running", Assert.Throws<QemuConfigurationException>(() => machine.HostPort(22)).Message, StringComparison.Ordinal);
        await machine.LaunchAsync();

        Assert.Contains("WithUserNetwork(80)", Assert.Throws<QemuConfigurationException>(() => machine.HostPort(80)).Message, StringComparison.Ordinal);
        Assert.Throws<QemuConfigurationException>(() => machine.HostPort(22, udp: true));
        Assert.Throws<QemuConfigurationException>(() => machine.CreateHttpClient(80));
        await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.ConnectAsync(80));
        await machine.ShutdownAsync();
        Assert.Throws<QemuConfigurationException>(() => machine.HostPort(22));
    }

    /// <summary>QEMU's sockets go before its process is seen to end; here the wrapper makes that a second.</summary>
    [Fact]
    public async Task Connection_that_qemus_end_refuses_is_told_as_the_end()
    {
        await using QemuMachine machine = Machines.Rom().WithUserNetwork(22).WithWrapper("sh", "-c", "\"$@\"; sleep 1", "sh").Build();
        await machine.LaunchAsync();
        Task<Exception> refused = DialUntilRefusedAsync(machine);

        await machine.Qmp.ExecuteAsync("quit");

        Assert.IsType<QemuExitedException>(await refused.WaitAsync(Machines.HangGuard));
    }

    [Fact]
    public async Task Host_port_that_is_taken_fails_the_launch_in_qemus_words()
    {
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using QemuMachine machine = Machines.Rom().WithUserNetwork(new PortForward(22, port)).Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Equal(1, error.ExitCode);
        Assert.Contains($"Could not set up host forwarding rule 'tcp:127.0.0.1:{port}-:22'", error.Output, StringComparison.Ordinal);
        taken.Stop();
    }

    private static async Task<Exception> DialUntilRefusedAsync(QemuMachine machine)
    {
        try
        {
            while (true)
                await (await machine.ConnectAsync(22)).DisposeAsync();
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static async Task<int> ReadAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Machines.HangGuard);
        }
        catch (IOException)
        {
            return 0; // reset: as much of an end
        }
    }
}
