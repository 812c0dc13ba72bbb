using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// The QEMU guest agent (<c>qemu-ga</c>) of the guest, over virtio-serial. Any command of its protocol goes through
/// <see cref="QmpChannel.ExecuteAsync(string, CancellationToken)"/>; the usual ones have methods. Thread-safe: concurrent
/// commands queue, and a time-out leaves it usable.
/// </summary>
/// <remarks>
/// An agent that has not started yet is waited for. Beyond what <see cref="QmpChannel"/> says, commands throw
/// <see cref="QemuTimeoutException"/> when no agent answers in time, <see cref="QemuExitedException"/> and
/// <see cref="GuestPanicException"/>; an agent's refusal is a <see cref="QmpCommandException"/>.
/// </remarks>
public sealed class GuestAgent : QmpChannel
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly QemuMachine _machine;
    private readonly Func<Task<AgentSession>?> _session;

    internal GuestAgent(QemuMachine machine, Func<Task<AgentSession>?> session)
    {
        _machine = machine;
        _session = session;
    }

    /// <inheritdoc/>
    public override async Task<QmpResponse> SendAsync(QmpCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Descriptor is not null || command.OutOfBand)
            throw new QemuConfigurationException("The guest agent takes neither descriptors nor out-of-band commands.");
        return await InTurnAsync(
            $"the guest agent of machine {_machine.Name} to answer '{command.Name}'",
            command.Timeout,
            (session, token) => session.ExchangeAsync(command, token),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the agent answers.</summary>
    /// <param name="timeout">The deadline; null: 30 s, scaled by the settings.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task PingAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(new QmpCommand("guest-ping") { Timeout = timeout }, cancellationToken);

    /// <summary>Runs a program in the guest and waits for its end.</summary>
    /// <param name="program">The program's path, or a name on the agent's PATH.</param>
    /// <param name="arguments">Its arguments, each as it is; no shell is involved.</param>
    /// <param name="options">Standard input, environment.</param>
    /// <param name="cancellationToken">Ends the wait; the program runs on.</param>
    /// <exception cref="QmpCommandException">The agent cannot start it.</exception>
    /// <exception cref="QemuTimeoutException">It did not end in time; it runs on.</exception>
    public Task<ShellResult> RunAsync(
        string program,
        IEnumerable<string>? arguments = null,
        AgentRunOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        return new AgentProcess(this, _machine).RunAsync(program, [.. arguments ?? []], options ?? AgentRunOptions.Default, cancellationToken);
    }

    /// <summary>The guest's network interfaces with their addresses.</summary>
    public async Task<IReadOnlyList<GuestNetworkInterface>> GetNetworkInterfacesAsync(CancellationToken cancellationToken = default)
    {
        JsonElement interfaces = await ExecuteAsync("guest-network-get-interfaces", cancellationToken).ConfigureAwait(false);
        return [.. interfaces.EnumerateArray().Select(GuestNetworkInterface.From)];
    }

    /// <summary>Flushes the guest's file systems and holds up all writing to them until they are thawed; returns how many. Writing from within the guest then blocks, the agent's own log included.</summary>
    public async Task<int> FreezeFileSystemsAsync(CancellationToken cancellationToken = default) =>
        (await ExecuteAsync("guest-fsfreeze-freeze", cancellationToken).ConfigureAwait(false)).GetInt32();

    /// <summary>Lets frozen file systems go on; returns how many.</summary>
    public async Task<int> ThawFileSystemsAsync(CancellationToken cancellationToken = default) =>
        (await ExecuteAsync("guest-fsfreeze-thaw", cancellationToken).ConfigureAwait(false)).GetInt32();

    /// <summary>Sets the guest's clock.</summary>
    public Task SetTimeAsync(DateTimeOffset time, CancellationToken cancellationToken = default) => ExecuteAsync(
        "guest-set-time",
        new Dictionary<string, object?> { ["time"] = (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick },
        cancellationToken);

    /// <summary>Asks the guest to shut down, and returns once it has taken the request: <see cref="QemuMachine.WaitForShutdownAsync"/> waits for the end.</summary>
    /// <param name="mode">What to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QmpCommandException">The agent refused.</exception>
    /// <exception cref="QemuTimeoutException">No agent took the request in time.</exception>
    /// <exception cref="QemuExitedException">QEMU had ended before the request was sent.</exception>
    public async Task ShutdownAsync(GuestShutdownMode mode = GuestShutdownMode.PowerOff, CancellationToken cancellationToken = default)
    {
        string name = mode switch { GuestShutdownMode.Reboot => "reboot", GuestShutdownMode.Halt => "halt", _ => "powerdown" };
        QmpCommand shutdown = QmpCommand.Create("guest-shutdown", new Dictionary<string, object?> { ["mode"] = name });
        bool isSent = false;
        try
        {
            // Success has no reply; so the reply to a ping behind it is the sign, or the end of the agent or of QEMU.
            QmpResponse? refusal = await InTurnAsync(
                $"the guest agent of machine {_machine.Name} to take 'guest-shutdown'",
                timeout: null,
                async (session, token) =>
                {
                    await session.SendAsync(shutdown, token).ConfigureAwait(false);
                    isSent = true;
                    QmpResponse reply = await session.ExchangeAsync(new QmpCommand("guest-ping"), token).ConfigureAwait(false);
                    session.Desynchronise();
                    return reply.IsError ? reply : null;
                },
                cancellationToken).ConfigureAwait(false);
            refusal?.GetReturnOrThrow(shutdown.Name);
        }
        catch (Exception error) when (isSent && error is QemuExitedException or QemuTimeoutException)
        {
            // It went down before it could answer.
        }
    }

    internal async Task<T> InTurnAsync<T>(
        string awaited,
        TimeSpan? timeout,
        Func<AgentSession, CancellationToken, Task<T>> exchange,
        CancellationToken cancellationToken)
    {
        Task<AgentSession> connecting = _session()
            ?? throw new QemuConfigurationException($"Machine {_machine.Name} was not launched: there is no guest agent.");
        return await _machine.Waits.RunAsync(
            awaited,
            timeout,
            async token =>
            {
                await _turn.WaitAsync(token).ConfigureAwait(false);
                try
                {
                    AgentSession session = await connecting.WaitAsync(token).ConfigureAwait(false);
                    return await exchange(session, token).ConfigureAwait(false);
                }
                catch (Exception error) when (error is IOException or ObjectDisposedException)
                {
                    // QEMU is ending: its end, with all it has to say, is what the caller must hear.
                    await Task.Delay(Timeout.InfiniteTimeSpan, _machine.Waits.TimeProvider, token).ConfigureAwait(false);
                    throw;
                }
                finally
                {
                    _turn.Release();
                }
            },
            () => "no reply: is qemu-ga running in the guest, with the virtio_console driver?",
            cancellationToken).ConfigureAwait(false);
    }
}
