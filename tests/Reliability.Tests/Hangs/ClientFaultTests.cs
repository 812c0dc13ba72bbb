using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qemu.Qmp;

namespace Tests.Reliability;

/// <summary>The QMP client on its own, with a peer that goes wrong: no process to watch, only the connection.</summary>
public sealed class ClientFaultTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_grace = Soak.IsFull ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(20);

    public static TheoryData<string> Faults => [.. CommandFaultTests.Faults.Select(static row => row.Data).Where(static fault => fault != "console-flood")];

    [Theory]
    [InlineData("silent")]
    [InlineData("half-greeting")]
    [InlineData("half-greeting-close")]
    [InlineData("garbage-greeting")]
    [InlineData("endless-greeting")]
    [InlineData("mute-after-greeting")]
    [InlineData("storm-after-greeting")]
    [InlineData("refuses-capabilities")]
    [InlineData("exit-before-greeting")]
    public async Task Connecting_ends_when_the_peer_is(string fault)
    {
        await using var peer = await Peer.StartAsync(fault);
        var options = new QmpClientOptions { NegotiationTimeout = s_limit };

        await Assert.ThrowsAnyAsync<QmpException>(
            () => QmpClient.ConnectAsync(peer.Stream, options, TestContext.Current.CancellationToken).WaitAsync(s_limit + s_grace, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_call_on_a_client_ends_when_the_peer_is(string fault)
    {
        await using var peer = await Peer.StartAsync(fault);
        QmpClient client = await QmpClient.ConnectAsync(peer.Stream, new QmpClientOptions { CommandTimeout = s_limit }, TestContext.Current.CancellationToken);
        using QmpEventQueue queue = client.Events.Subscribe();
        var guard = new CallGuard(s_limit + s_grace);

        guard.Start("SendAsync, large", () => client.SendAsync("large", new Dictionary<string, object?> { ["text"] = new string('x', 4_000_000) }));
        guard.Start("ExecuteAsync", () => client.ExecuteAsync("query-status"));
        for (int i = 0; i < 8; i++)
        {
            guard.Start("SendAsync with a descriptor", () => SendWithDescriptorAsync(client));
            guard.Start("SendFileDescriptorAsync", () => SendDescriptorAsync(client));
        }

        guard.Start("WaitAsync", () => queue.WaitAsync("NEVER", s_limit));
        guard.Start("WaitAnyAsync", () => queue.WaitAnyAsync([new QmpEventPattern("NEVER")], s_limit));
        await guard.AllEndAsync();
        client.Abort(new IOException("the test's end"), drain: s_limit);
        await guard.EndsAsync("Disconnected", () => client.Disconnected);
        await guard.EndsAsync("DisposeAsync", () => client.DisposeAsync().AsTask());
    }

    private static async Task SendWithDescriptorAsync(QmpClient client)
    {
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        await client.SendAsync(new QmpCommand("getfd") { Descriptor = file });
    }

    private static async Task SendDescriptorAsync(QmpClient client)
    {
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        await client.SendFileDescriptorAsync(file);
    }

    private sealed class Peer(TestDirectory directory, Process process, Socket socket) : IAsyncDisposable
    {
        public Stream Stream { get; } = new QmpUnixStream(socket);

        public static async Task<Peer> StartAsync(string fault)
        {
            var directory = new TestDirectory();
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(directory["qmp"]));
            listener.Listen(1);
            var start = new ProcessStartInfo(
                Machines.FakeQemu,
                ["-chardev", $"socket,id=qmp,path={directory["qmp"]}", "-fault", fault])
            {
                RedirectStandardError = true,
            };
            var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            Socket socket = await listener.AcceptAsync(TestContext.Current.CancellationToken);
            return new Peer(directory, process, socket);
        }

        public async ValueTask DisposeAsync()
        {
            await Stream.DisposeAsync();
            process.Kill(entireProcessTree: true);
            process.Dispose();
            directory.Dispose();
        }
    }
}
