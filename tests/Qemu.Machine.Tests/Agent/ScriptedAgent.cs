using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tests.Qemu.Machine.Agent;

/// <summary>The other end of an agent's channel, driven by the test.</summary>
internal sealed class ScriptedAgent : IDisposable
{
    private readonly Socket _socket;

    public ScriptedAgent()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint!);
        _socket = listener.Accept();
        _socket.NoDelay = true;
        Stream = new NetworkStream(client, ownsSocket: true);
    }

    public NetworkStream Stream { get; }

    public async Task<JsonElement> ReceiveAsync()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await _socket.ReceiveAsync(one) == 1 && one[0] != (byte)'\n')
            line.Add(one[0]);
        int start = line.LastIndexOf(0xFF) + 1;
        return JsonDocument.Parse(line.Skip(start).ToArray()).RootElement;
    }

    /// <summary>Receives a sync and answers it.</summary>
    public async Task SynchroniseAsync()
    {
        JsonElement sync = await ReceiveAsync();
        Assert.Equal("guest-sync-delimited", sync.GetProperty("execute").GetString());
        await SendAsync("\xFF{\"return\": " + sync.GetProperty("arguments").GetProperty("id").GetInt32() + "}\n");
    }

    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.Latin1.GetBytes(text));

    public void Dispose()
    {
        Stream.Dispose();
        _socket.Dispose();
    }
}
