using System.Net;
using System.Net.Sockets;
using System.Text;
using Qemu.Machine;

namespace Tests.Qemu.Machine.Network;

/// <summary><c>WithGdbServer(…)</c>.</summary>
public sealed class GdbServerTests
{
    [Theory]
    [MemberData(nameof(QemuVersions.All), MemberType = typeof(QemuVersions))]
    public async Task Gdb_server_answers_and_the_guest_waits_for_the_debugger(string version)
    {
        using var root = new TempRoot();
        string path = root.File("gdb.sock");
        await using QemuMachine machine = Machines.Rom("pc", QemuVersions.Binary(version))
            .WithGdbServer($"unix:{path},server=on,wait=off", waitForDebugger: true)
            .Build();
        await machine.LaunchAsync();
        Assert.Equal("prelaunch", (await machine.Qmp.ExecuteAsync("query-status")).GetProperty("status").GetString());

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await using var gdb = new NetworkStream(socket);
        Assert.StartsWith("PacketSize=", await AskAsync(gdb, "qSupported"), StringComparison.Ordinal);
        Assert.Matches("^(T05|S05)", await AskAsync(gdb, "?"));
        await SendAsync(gdb, "c");

        await machine.Console.WaitForAsync(TestRom.Ready);
    }

    [Fact]
    public async Task Gdb_server_listens_on_the_port_of_choice()
    {
        int port = FreePort();
        await using QemuMachine machine = Machines.Rom().WithGdbServer($"tcp:127.0.0.1:{port}").Build();
        await machine.StartAsync();

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);

        // A running guest is stopped by the connection: SIGINT is its first word, SIGTRAP the answer.
        Assert.Matches("^[TS]0[25]", await AskAsync(client.GetStream(), "?"));
    }

    [Fact]
    public async Task Port_that_is_taken_fails_the_launch_in_qemus_words()
    {
        var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using QemuMachine machine = Machines.Rom().WithGdbServer($"tcp:127.0.0.1:{port}").Build();

        QemuLaunchException error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains("Address already in use", error.Output, StringComparison.Ordinal);
        taken.Stop();
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private static async Task<string> AskAsync(Stream gdb, string packet)
    {
        await SendAsync(gdb, packet);
        var answer = new StringBuilder();
        byte[] one = new byte[1];
        while (!answer.ToString().Contains('#', StringComparison.Ordinal))
        {
            await gdb.ReadExactlyAsync(one).AsTask().WaitAsync(Machines.HangGuard);
            answer.Append((char)one[0]);
        }

        await gdb.ReadExactlyAsync(new byte[2]).AsTask().WaitAsync(Machines.HangGuard); // the checksum
        await gdb.WriteAsync("+"u8.ToArray());
        return answer.ToString().TrimEnd('#').Split('$')[1];
    }

    private static async Task SendAsync(Stream gdb, string packet)
    {
        int sum = packet.Sum(character => character) & 0xFF;
        await gdb.WriteAsync(Encoding.ASCII.GetBytes($"${packet}#{sum:x2}"));
    }
}
