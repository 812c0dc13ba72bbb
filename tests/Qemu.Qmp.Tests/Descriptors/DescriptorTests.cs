using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class DescriptorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Descriptor_rides_on_its_command()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using SafeFileHandle file = File.OpenHandle("/dev/null");
            await client.ExecuteAsync(QmpCommand.Create("getfd", new { fdname = "null" }).With(file), Token).Soon();
            await client.ExecuteAsync("closefd", new { fdname = "null" }, Token).Soon();
            await Assert.ThrowsAsync<QmpCommandException>(() => client.ExecuteAsync("closefd", new { fdname = "null" }, Token).Soon());
        }
    }

    [Fact]
    public async Task Descriptor_sent_alone_is_the_next_commands()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using (SafeFileHandle file = File.OpenHandle("/dev/null"))
                await client.SendFileDescriptorAsync(file, Token).Soon();

            JsonElement added = await client.ExecuteAsync("add-fd", new { fdset_id = 7, opaque = "ours" }, Token).Soon();
            Assert.Equal(7, added.GetProperty("fdset-id").GetInt32());
            JsonElement set = Assert.Single((await client.ExecuteAsync("query-fdsets", Token).Soon()).EnumerateArray());
            Assert.Equal("ours", set.GetProperty("fds")[0].GetProperty("opaque").GetString());
        }
    }

    [Fact]
    public async Task Many_descriptors_at_once_all_arrive_among_other_commands()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using SafeFileHandle file = File.OpenHandle("/dev/null");
            Task<JsonElement>[] executions =
            [
                .. Enumerable.Range(0, 40).Select(i => i % 2 == 0
                    ? client.ExecuteAsync(QmpCommand.Create("getfd", new { fdname = $"fd{i}" }).With(file), Token)
                    : client.ExecuteAsync("query-status", Token)),
            ];
            await Task.WhenAll(executions).Soon();
            for (int i = 0; i < 40; i += 2)
                await client.ExecuteAsync("closefd", new { fdname = $"fd{i}" }, Token).Soon();
        }
    }

    [Fact]
    public async Task Descriptor_waits_for_room_in_a_full_socket()
    {
        (Socket clientSocket, Socket peerSocket) = await SocketPair.CreateAsync(Token);
        clientSocket.SendBufferSize = 4096;
        await using ScriptedPeer peer = new(new NetworkStream(peerSocket, ownsSocket: true));
        await using QmpClient client = await peer.AcceptAsync(new QmpUnixStream(clientSocket));
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        Dictionary<string, object?> large = new() { ["text"] = new string('x', 1_000_000) };
        Task<QmpResponse> before = client.SendAsync("before", large, Token);
        Task<QmpResponse> plain = client.SendAsync("plain", Token);
        Task<QmpResponse> with = client.SendAsync(new QmpCommand("getfd") { Descriptor = file }, Token);
        Task<QmpResponse> after = client.SendAsync("after", large, Token);
        Assert.Equal(["before", "plain", "getfd", "after"], (await peer.ReadCommandsAsync(4)).Select(command => command.GetProperty("execute").GetString()));
        for (int id = 1; id <= 4; id++)
            await peer.SendAsync($$"""{"return": {}, "id": {{id}}}""");

        await Task.WhenAll(before, plain, with, after).Soon();
    }

    [Fact]
    public async Task Transport_without_descriptors_says_so_and_stays_usable()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint!, Token);
        await using ScriptedPeer peer = new(new NetworkStream(await listener.AcceptAsync(Token), ownsSocket: true));
        await using QmpClient client = await peer.AcceptAsync(new NetworkStream(socket, ownsSocket: true));
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        QmpDescriptorException error = await Assert.ThrowsAsync<QmpDescriptorException>(() => client.SendAsync(new QmpCommand("getfd") { Descriptor = file }, Token).Soon());
        Assert.Contains(nameof(QmpUnixStream), error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<QmpDescriptorException>(() => client.SendFileDescriptorAsync(file, Token).Soon());

        // What was not sent does not count as unanswered: a reply without an id is the next command's.
        Task<QmpResponse> next = client.SendAsync("next", Token);
        await peer.ReadCommandAsync();
        await peer.SendAsync("""{"error": {"class": "GenericError", "desc": "JSON parse error"}}""");
        Assert.True((await next.Soon()).IsError);
    }

    [Fact]
    public async Task Descriptor_that_is_none_fails_its_command_only()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using SafeFileHandle bogus = new(new IntPtr(1_000_000), ownsHandle: false);
            QmpDescriptorException error = await Assert.ThrowsAsync<QmpDescriptorException>(() => client.SendAsync(QmpCommand.Create("getfd", new { fdname = "x" }).With(bogus), Token).Soon());
            Assert.Contains("1000000", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<QmpDescriptorException>(() => client.SendFileDescriptorAsync(bogus, Token).Soon());
            await client.ExecuteAsync("query-status", Token).Soon();
        }
    }

    [Fact]
    public async Task Closed_handle_is_refused_and_the_session_stays_usable()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            SafeFileHandle closed = File.OpenHandle("/dev/null");
            closed.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => client.SendAsync(QmpCommand.Create("getfd", new { fdname = "x" }).With(closed), Token).Soon());
            await client.ExecuteAsync("query-status", Token).Soon();
        }
    }

    [Fact]
    public async Task Descriptor_after_the_end_is_a_disconnect()
    {
        (Socket clientSocket, Socket peerSocket) = await SocketPair.CreateAsync(Token);
        await using ScriptedPeer peer = new(new NetworkStream(peerSocket, ownsSocket: true));
        await using QmpClient client = await peer.AcceptAsync(new QmpUnixStream(clientSocket));
        await peer.CloseAsync();
        await client.Disconnected.Soon();
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendAsync(new QmpCommand("getfd") { Descriptor = file }, Token).Soon());
        await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.SendFileDescriptorAsync(file, Token).Soon());
    }

    [Fact]
    public void Stream_takes_unix_sockets_only()
    {
        using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<ArgumentException>(() => new QmpUnixStream(tcp));
    }
}

file static class CommandExtensions
{
    public static QmpCommand With(this QmpCommand command, SafeHandle descriptor) => new(command.Name, command.Arguments) { Descriptor = descriptor };
}
