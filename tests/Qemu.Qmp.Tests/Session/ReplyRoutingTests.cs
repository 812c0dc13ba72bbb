using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class ReplyRoutingTests
{
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_find_their_commands_in_whatever_order_they_come()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<JsonElement>[] executions = [.. Enumerable.Range(0, 20).Select(i => client.ExecuteAsync($"c{i}", Token))];
            JsonElement[] commands = [.. await peer.ReadCommandsAsync(20)];
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"c{i}"), commands.Select(command => command.GetProperty("execute").GetString()));
            new Random(1).Shuffle(commands);
            foreach (JsonElement command in commands)
                await peer.ReplyAsync(command, command.GetProperty("execute").GetRawText());

            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"c{i}"), (await Task.WhenAll(executions).Soon()).Select(value => value.GetString()));
        }
    }

    [Fact]
    public async Task Commands_of_many_threads_arrive_whole()
    {
        (ScriptedPeer peer, QmpClient client) = await ScriptedPeer.ConnectAsync(window: 512);
        await using (peer)
        await using (client)
        {
            Task[] senders = [.. Enumerable.Range(0, 8).Select(sender => Task.Run(async () =>
            {
                for (int i = 0; i < 200; i++)
                    Assert.Equal(i, (await client.ExecuteAsync("echo", new { i, padding = new string('x', i) }, Token)).GetProperty("i").GetInt32());
            }, Token))];
            for (int i = 0; i < 8 * 200; i++)
            {
                JsonElement command = await peer.ReadCommandAsync();
                await peer.ReplyAsync(command, command.GetProperty("arguments").GetRawText());
            }

            await Task.WhenAll(senders).Soon();
        }
    }

    [Theory]
    [InlineData("""{"return": {}, "id": 4711}""")]
    [InlineData("""{"return": {}, "id": "text"}""")]
    [InlineData("""{"return": {}, "id": null}""")]
    [InlineData("""{"return": {}, "id": {"a": 1}}""")]
    [InlineData("""{"return": {}, "id": 1.5}""")]
    [InlineData("""{"return": {}, "id": 99999999999999999999}""")]
    [InlineData("""{"error": {"class": "GenericError", "desc": "x"}, "id": -1}""")]
    public async Task Reply_with_a_foreign_id_is_logged_and_ignored(string line)
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<JsonElement> execution = client.ExecuteAsync("query-name", Token);
            JsonElement command = await peer.ReadCommandAsync();
            await peer.SendAsync(line);
            await peer.ReplyAsync(command, "7");
            Assert.Equal(7, (await execution.Soon()).GetInt32());
            Assert.Contains(_logger.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains(line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Reply_without_id_answers_the_only_unanswered_command()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<JsonElement> execution = client.ExecuteAsync("too-deep", Token);
            await peer.ReadCommandAsync();
            await peer.SendAsync("""{"error": {"class": "GenericError", "desc": "JSON parse error"}}""");
            QmpCommandException error = await Assert.ThrowsAsync<QmpCommandException>(() => execution.Soon());
            Assert.Equal(("too-deep", "JSON parse error"), (error.Command, error.Description));
            Assert.Contains(_logger.Entries, entry => entry.Level == LogLevel.Warning);
        }
    }

    [Fact]
    public async Task Reply_without_id_is_ignored_when_no_command_is_unanswered()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            await peer.SendAsync("""{"error": {"class": "GenericError", "desc": "JSON parse error"}}""");
            using QmpEventQueue queue = client.Events.Subscribe();
            await peer.SendEventAsync("MARK");
            await queue.WaitAsync("MARK", Timeout.InfiniteTimeSpan, Token).Soon();
            Task<QmpResponse> next = client.SendAsync("query-name", Token);
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            Assert.False((await next.Soon()).IsError);
        }
    }

    [Fact]
    public async Task Reply_without_id_ends_the_session_when_several_commands_are_unanswered()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse>[] sendings = [client.SendAsync("a", Token), client.SendAsync("b", Token)];
            await peer.SendAsync("""{"error": {"class": "GenericError", "desc": "JSON parse error"}}""");
            foreach (Task<QmpResponse> sending in sendings)
            {
                QmpDisconnectedException error = await Assert.ThrowsAsync<QmpDisconnectedException>(() => sending.Soon());
                Assert.Contains("2 commands are unanswered", Assert.IsType<QmpProtocolException>(error.Cause).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Blank_lines_are_ignored()
    {
        (ScriptedPeer peer, QmpClient client) = await ConnectAsync();
        await using (peer)
        await using (client)
        {
            Task<QmpResponse> sending = client.SendAsync("c", Token);
            await peer.SendRawAsync("\r\n\n  \t\r\n"u8.ToArray());
            await peer.ReplyAsync(await peer.ReadCommandAsync());
            await sending.Soon();
        }
    }

    private Task<(ScriptedPeer Peer, QmpClient Client)> ConnectAsync() => ScriptedPeer.ConnectAsync(new QmpClientOptions { Logger = _logger });
}
