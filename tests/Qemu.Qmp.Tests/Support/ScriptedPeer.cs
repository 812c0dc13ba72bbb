using System.Text;
using System.Text.Json;
using Qemu.Qmp;

namespace Tests.Qmp;

/// <summary>
/// QEMU's side of a QMP connection, played by a test: it reads the client's commands one by one and writes what the script says, valid or not.
/// Nothing is answered unless the test says so.
/// </summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    public const string Greeting =
        """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}""";

    private readonly Stream _stream;
    private readonly StreamReader _reader;

    public ScriptedPeer(Stream peerStream)
    {
        _stream = peerStream;
        _reader = new StreamReader(peerStream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
    }

    /// <summary>A peer and the stream by which a client reaches it, in memory.</summary>
    public static (ScriptedPeer Peer, Stream ClientStream) Create(int window = 1 << 20)
    {
        (MemoryDuplex client, MemoryDuplex peer) = MemoryDuplex.CreatePair(window);
        return (new ScriptedPeer(peer), client);
    }

    /// <summary>A peer and a client that has finished the handshake with it.</summary>
    public static async Task<(ScriptedPeer Peer, QmpClient Client)> ConnectAsync(QmpClientOptions? options = null, int window = 1 << 20)
    {
        (ScriptedPeer peer, Stream stream) = Create(window);
        return (peer, await peer.AcceptAsync(stream, options));
    }

    /// <summary>Plays the handshake with a client on the other end's stream.</summary>
    public async Task<QmpClient> AcceptAsync(Stream clientStream, QmpClientOptions? options = null)
    {
        Task<QmpClient> connecting = QmpClient.ConnectAsync(clientStream, options, TestContext.Current.CancellationToken);
        await SendAsync(Greeting);
        await ReplyAsync(await ReadCommandAsync());
        return await connecting.Soon();
    }

    /// <summary>The next command of the client.</summary>
    public async Task<JsonElement> ReadCommandAsync() =>
        Json.Parse(await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon() ?? throw new EndOfStreamException("The client closed the connection."));

    public async Task<IReadOnlyList<JsonElement>> ReadCommandsAsync(int count)
    {
        List<JsonElement> commands = [];
        for (int i = 0; i < count; i++)
            commands.Add(await ReadCommandAsync());

        return commands;
    }

    /// <summary>Completes when the client has closed the connection; what it still sends is thrown away.</summary>
    public Task WaitForEndAsync() => _reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon();

    public Task SendAsync(string line) => SendRawAsync(Encoding.UTF8.GetBytes(line + "\r\n"));

    public Task SendRawAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask().Soon();

    public Task ReplyAsync(JsonElement command, string value = "{}") =>
        SendAsync($$"""{"return": {{value}}, "id": {{command.GetProperty("id").GetRawText()}}}""");

    public Task RefuseAsync(JsonElement command, string errorClass, string description) =>
        SendAsync($$$"""{"id": {{{command.GetProperty("id").GetRawText()}}}, "error": {"class": "{{{errorClass}}}", "desc": "{{{description}}}"}}""");

    public Task SendEventAsync(string name, string data = "{}", long seconds = 1_700_000_000) =>
        SendAsync($$$"""{"timestamp": {"seconds": {{{seconds}}}, "microseconds": 123456}, "event": "{{{name}}}", "data": {{{data}}}}""");

    /// <summary>Closes the connection: the client sees the end of the stream.</summary>
    public ValueTask CloseAsync() => _stream.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
    }
}
