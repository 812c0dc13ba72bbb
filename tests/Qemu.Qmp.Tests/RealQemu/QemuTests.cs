using System.Text;
using System.Text.Json;
using Qemu.Qmp;

namespace Tests.Qmp;

/// <summary>The same client against QEMU itself.</summary>
public sealed class QemuTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Qemu_greets_with_its_version_and_capabilities()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            Assert.True(client.Greeting.Version >= new Version(6, 0), client.Greeting.Version.ToString());
            Assert.Contains("oob", client.Greeting.Capabilities);
            JsonElement version = await client.ExecuteAsync("query-version", Token).Soon();
            Assert.Equal(client.Greeting.Version.Major, version.GetProperty("qemu").GetProperty("major").GetInt32());
        }
    }

    [Fact]
    public async Task Qemu_answers_refuses_and_goes_on()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            Assert.True((await client.ExecuteAsync("query-status", Token).Soon()).GetProperty("running").GetBoolean());
            QmpCommandException unknown = await Assert.ThrowsAsync<QmpCommandException>(() => client.ExecuteAsync("no-such-command", Token).Soon());
            Assert.Equal("CommandNotFound", unknown.ErrorClass);
            QmpCommandException refused = await Assert.ThrowsAsync<QmpCommandException>(() => client.ExecuteAsync("device_add", new { driver = "no-such-device" }, Token).Soon());
            Assert.Equal("GenericError", refused.ErrorClass);
            Assert.Contains("no-such-device", refused.Description, StringComparison.Ordinal);
            Assert.Equal(JsonValueKind.Array, (await client.ExecuteAsync("query-qmp-schema", Token).Soon()).ValueKind);
        }
    }

    [Fact]
    public async Task Qemu_answers_fifty_pipelined_commands()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            Task<JsonElement>[] executions =
            [
                .. Enumerable.Range(0, 50).Select(i => i % 2 == 0
                    ? client.ExecuteAsync("query-status", Token)
                    : client.ExecuteAsync("human-monitor-command", new { command_line = $"print /d {i}" }, Token)),
            ];
            JsonElement[] values = await Task.WhenAll(executions).Soon();
            for (int i = 0; i < values.Length; i++)
            {
                if (i % 2 == 0)
                    Assert.Equal("running", values[i].GetProperty("status").GetString());
                else
                    Assert.Equal($"{i}\r\n", values[i].GetString());
            }
        }
    }

    [Fact]
    public async Task Qemu_sends_the_events_that_commands_cause()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync("pc");
        await using (qemu)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            DateTimeOffset before = TimeProvider.System.GetUtcNow();
            await client.ExecuteAsync("stop", Token).Soon();
            QmpEvent stop = await queue.WaitAsync("STOP", Token).Soon();
            Assert.InRange(stop.Timestamp, before.AddMinutes(-1), before.AddMinutes(1));
            await client.ExecuteAsync("cont", Token).Soon();
            await queue.WaitAsync("RESUME", Token).Soon();
            await client.ExecuteAsync("system_reset", Token).Soon();
            QmpEvent reset = await queue.WaitAsync("RESET", new { guest = false, reason = "host-qmp-system-reset" }, TimeSpan.FromSeconds(30), Token).Soon();
            Assert.False(reset.Data.GetProperty("guest").GetBoolean());
        }
    }

    [Fact]
    public async Task Quit_is_answered_and_its_end_is_expected()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            await client.ExecuteAsync("quit", Token).Soon();
            QmpDisconnectedException end = await client.Disconnected.Soon();
            Assert.True(end.IsExpected, end.ToString());
            Assert.Equal("host-qmp-quit", (await queue.WaitAsync("SHUTDOWN", Token).Soon()).Data.GetProperty("reason").GetString());
            Assert.Equal(0, await qemu.WaitForExitAsync());
        }
    }

    [Fact]
    public async Task Commands_behind_a_quit_end_with_an_expected_disconnect()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            Task<QmpResponse> quit = client.SendAsync("quit", Token);
            Task<QmpResponse>[] behind = [.. Enumerable.Range(0, 20).Select(_ => client.SendAsync("query-status", Token))];
            Assert.True((await client.Disconnected.Soon()).IsExpected);
            Assert.False((await quit.Soon()).IsError);
            foreach (Task<QmpResponse> sending in behind)
            {
                Exception? outcome = await Record.ExceptionAsync(() => sending.Soon());
                Assert.True(outcome is null or QmpDisconnectedException { IsExpected: true }, outcome?.ToString());
            }
        }
    }

    [Fact]
    public async Task Killed_qemu_ends_every_wait_and_is_not_expected()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            using QmpEventQueue queue = client.Events.Subscribe();
            Task<QmpEvent> wait = queue.WaitAsync("NEVER", Timeout.InfiniteTimeSpan, Token);
            qemu.Kill();
            Assert.False((await Assert.ThrowsAsync<QmpDisconnectedException>(() => wait.Soon())).IsExpected);
            await Assert.ThrowsAsync<QmpDisconnectedException>(() => client.ExecuteAsync("query-status", Token).Soon());
        }
    }

    [Fact]
    public async Task Out_of_band_command_overtakes_when_enabled()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync("none", new QmpClientOptions { EnableOutOfBand = true });
        await using (qemu)
        await using (client)
        {
            QmpResponse refused = await client.SendAsync(new QmpCommand("migrate-pause") { OutOfBand = true }, Token).Soon();
            Assert.Contains("migrate-pause", refused.Error!.Description, StringComparison.Ordinal);
            Assert.Contains("OOB", (await client.SendAsync(new QmpCommand("query-status") { OutOfBand = true }, Token).Soon()).Error!.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_comes_back_as_it_was_sent()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            string text = "é€😀\"\\/ '<>&+\t\u001b";
            QmpResponse refused = await client.SendAsync("object-add", new { qom_type = text, id = "x" }, Token).Soon();
            Assert.Contains(text, refused.Error!.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Arguments_as_deep_as_qemu_takes_them_arrive_and_deeper_ones_are_refused_here()
    {
        (QemuProcess qemu, QmpClient client) = await QemuProcess.StartAsync();
        await using (qemu)
        await using (client)
        {
            QmpResponse answer = await client.SendAsync(new QmpCommand("query-status", Nested(1022)), Token).Soon();
            Assert.Contains("'a' is unexpected", answer.Error!.Description, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => new QmpCommand("query-status", Nested(1023)));
        }

        static byte[] Nested(int lists) => Encoding.ASCII.GetBytes($$"""{"a": {{new string('[', lists)}}{{new string(']', lists)}}}""");
    }
}
