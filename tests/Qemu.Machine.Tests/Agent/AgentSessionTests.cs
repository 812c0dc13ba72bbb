using Qemu.Machine;
using Qemu.Qmp;

namespace Tests.Qemu.Machine.Agent;

public sealed class AgentSessionTests : IDisposable
{
    private static readonly QmpCommand s_ping = new("guest-ping");

    private readonly ScriptedAgent _agent = new();
    private readonly AgentSession _session;

    public AgentSessionTests() => _session = new AgentSession(_agent.Stream, TimeProvider.System);

    public void Dispose() => _agent.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task First_command_synchronises_and_later_ones_do_not()
    {
        Task<QmpResponse> first = _session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        Assert.Equal("guest-ping", (await _agent.ReceiveAsync()).GetProperty("execute").GetString());
        await _agent.SendAsync("{\"return\": {}}\n");
        Assert.False((await first).IsError);

        Task<QmpResponse> second = _session.ExchangeAsync(QmpCommand.Create("guest-exec-status", new Dictionary<string, object?> { ["pid"] = 7 }), default);
        Assert.Equal(7, (await _agent.ReceiveAsync()).GetProperty("arguments").GetProperty("pid").GetInt32());
        await _agent.SendAsync("{\"return\": {\"exited\": true}}\n");
        Assert.True((await second).Return.GetProperty("exited").GetBoolean());
    }

    [Fact(Timeout = 30_000)]
    public async Task Noise_and_answers_to_old_synchronisations_are_passed_over()
    {
        await _agent.SendAsync("{\"return\": {}}\nhalf a li\xFF{\"return\": 12}\nmore\xFFno json\n");
        Task<QmpResponse> reply = _session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"return\": {\"right\": 1}}\n");

        Assert.Equal(1, (await reply).Return.GetProperty("right").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task Late_reply_to_a_command_that_was_given_up_is_not_taken_for_the_next_ones()
    {
        using var patience = new CancellationTokenSource();
        Task<QmpResponse> first = _session.ExchangeAsync(s_ping, patience.Token);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Task<QmpResponse> second = _session.ExchangeAsync(s_ping, default);
        await _agent.SendAsync("{\"return\": \"late\"}\n");
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"return\": \"right\"}\n");

        Assert.Equal("right", (await second).Return.GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Command_without_reply_that_was_cut_off_is_made_good_before_the_next_one()
    {
        var stream = new CutOffStream(_agent.Stream);
        var session = new AgentSession(stream, TimeProvider.System);
        Task<QmpResponse> first = session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"return\": {}}\n");
        await first;

        stream.CutsOff = true;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.SendAsync(new QmpCommand("guest-shutdown"), default));
        stream.CutsOff = false;

        Task<QmpResponse> second = session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"return\": \"right\"}\n");
        Assert.Equal("right", (await second).Return.GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Refusal_is_a_reply()
    {
        Task<QmpResponse> reply = _session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n");

        Assert.Equal("no", (await reply).Error!.Description);
    }

    [Fact(Timeout = 30_000)]
    public async Task Answer_that_is_no_reply_is_a_protocol_error()
    {
        Task<QmpResponse> reply = _session.ExchangeAsync(s_ping, default);
        await _agent.SynchroniseAsync();
        await _agent.ReceiveAsync();
        await _agent.SendAsync("{\"something\": \"else\"}\n");

        await Assert.ThrowsAsync<QmpProtocolException>(() => reply);
    }
}
