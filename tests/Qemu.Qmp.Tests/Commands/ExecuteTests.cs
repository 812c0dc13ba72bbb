using System.Text.Json;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class ExecuteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_gives_the_return_value()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<JsonElement> execution = client.ExecuteAsync("query-status", Token);
            JsonElement command = await peer.ReadCommandAsync();
            Assert.Equal("query-status", command.GetProperty("execute").GetString());
            Assert.False(command.TryGetProperty("arguments", out _));
            await peer.ReplyAsync(command, """{"status": "running"}""");
            Assert.Equal("running", (await execution.Soon()).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Execute_throws_class_and_description_when_refused()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<JsonElement> execution = client.ExecuteAsync("nonsense", Token);
            await peer.RefuseAsync(await peer.ReadCommandAsync(), "CommandNotFound", "The command nonsense has not been found");
            QmpCommandException error = await Assert.ThrowsAsync<QmpCommandException>(() => execution.Soon());
            Assert.Equal(("nonsense", "CommandNotFound", "The command nonsense has not been found"), (error.Command, error.ErrorClass, error.Description));
            Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);

            Task<JsonElement> next = client.ExecuteAsync("query-name", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await next.Soon();
        }
    }

    [Fact]
    public async Task Send_gives_an_error_reply_as_it_came()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> sending = client.SendAsync("stop", Token);
            await peer.RefuseAsync(await peer.ReadCommandAsync(), "GenericError", "no");
            QmpResponse response = await sending.Soon();
            Assert.True(response.IsError);
            Assert.Equal(new QmpError("GenericError", "no"), response.Error);
            Assert.Equal(JsonValueKind.Undefined, response.Return.ValueKind);
            Assert.Equal("no", response.Raw.GetProperty("error").GetProperty("desc").GetString());
        }
    }

    [Fact]
    public async Task Every_kind_of_arguments_reaches_the_peer()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            Dictionary<string, object?> dictionary = new() { ["node_name"] = "d" };
            Task<QmpResponse>[] sent =
            [
                client.SendAsync("c", Json.Parse("""{"node_name":"e"}"""), Token),
                client.SendAsync("c", dictionary, Token),
                client.SendAsync("c", new { node_name = "o" }, Token),
                client.SendAsync(new QmpCommand("c", """{"node_name":"r"}"""u8.ToArray()), Token),
            ];
            Task<JsonElement>[] executed =
            [
                client.ExecuteAsync("c", Json.Parse("""{"node_name":"e"}"""), Token),
                client.ExecuteAsync("c", dictionary, Token),
                client.ExecuteAsync("c", new { node_name = "o" }, Token),
                client.ExecuteAsync(new QmpCommand("c", """{"node_name":"r"}"""u8.ToArray()), Token),
            ];

            IReadOnlyList<JsonElement> commands = await peer.ReadCommandsAsync(8);
            string[] once = ["""{"node_name":"e"}""", """{"node_name":"d"}""", """{"node-name":"o"}""", """{"node_name":"r"}"""];
            Assert.Equal([.. once, .. once], commands.Select(command => command.GetProperty("arguments").GetRawText()));
            foreach (JsonElement command in commands)
                await peer.ReplyAsync(command);

            await Task.WhenAll(sent).Soon();
            await Task.WhenAll(executed).Soon();
        }
    }

    [Fact]
    public async Task Names_and_values_that_need_escaping_arrive_unharmed()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
        {
            string text = "\"\\\r\n\u0000\u001bé€😀";
            _ = client.SendAsync(text, new Dictionary<string, object?> { [text] = text }, Token);
            JsonElement command = await peer.ReadCommandAsync();
            Assert.Equal(text, command.GetProperty("execute").GetString());
            Assert.Equal(text, command.GetProperty("arguments").GetProperty(text).GetString());
        }
    }

    [Fact]
    public async Task Out_of_band_is_refused_here_when_it_was_not_enabled()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync();
        await using (peer)
        await using (client)
            await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(new QmpCommand("migrate-pause") { OutOfBand = true }, Token));
    }

    [Fact]
    public async Task Out_of_band_command_goes_as_exec_oob_when_enabled()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(new QmpClientOptions { EnableOutOfBand = true });
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> slow = client.SendAsync("slow", Token);
            Task<QmpResponse> quick = client.SendAsync(new QmpCommand("migrate-pause") { OutOfBand = true }, Token);
            JsonElement first = await peer.ReadCommandAsync();
            JsonElement second = await peer.ReadCommandAsync();
            Assert.Equal("migrate-pause", second.GetProperty("exec-oob").GetString());
            await peer.ReplyAsync(second);
            await quick.Soon();
            Assert.False(slow.IsCompleted);
            await peer.ReplyAsync(first);
            await slow.Soon();
        }
    }
}
