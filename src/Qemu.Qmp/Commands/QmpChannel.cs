using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Qemu.Qmp;

/// <summary>
/// Something that executes QMP commands: a client's session, or a machine's handle that outlives its sessions. Thread-safe; any number of commands may be in flight.
/// <para>
/// Every method throws <see cref="QmpTimeoutException"/> when no reply came in time, <see cref="QmpDisconnectedException"/> when the session is or gets over,
/// and <see cref="OperationCanceledException"/> with the caller's token when that is cancelled. After a time-out or a cancellation the channel stays usable;
/// QEMU may still execute the command, and its late reply is dropped.
/// </para>
/// </summary>
public abstract class QmpChannel
{
    /// <summary>Sends a command and gives QEMU's reply, error replies included.</summary>
    /// <exception cref="QmpTimeoutException">No reply came in time.</exception>
    /// <exception cref="QmpDisconnectedException">The session is over.</exception>
    /// <exception cref="QmpDescriptorException">The command carries a descriptor and it could not be sent.</exception>
    /// <exception cref="InvalidOperationException">The command is out-of-band and the session did not enable that.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Task<QmpResponse> SendAsync(QmpCommand command, CancellationToken cancellationToken = default);

    /// <summary>Sends a command without arguments and gives QEMU's reply, error replies included.</summary>
    public Task<QmpResponse> SendAsync(string command, CancellationToken cancellationToken = default) =>
        SendAsync(new QmpCommand(command), cancellationToken);

    /// <summary>Sends a command whose arguments are a JSON object and gives QEMU's reply, error replies included.</summary>
    public Task<QmpResponse> SendAsync(string command, JsonElement arguments, CancellationToken cancellationToken = default) =>
        SendAsync(QmpCommand.Create(command, arguments), cancellationToken);

    /// <summary>Sends a command with a dictionary of arguments, keys verbatim, and gives QEMU's reply, error replies included.</summary>
    public Task<QmpResponse> SendAsync(string command, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken = default) =>
        SendAsync(QmpCommand.Create(command, arguments), cancellationToken);

    /// <summary>
    /// Sends a command whose arguments are an object's properties (<c>_</c> becomes <c>-</c> and <c>__</c> becomes <c>_</c>)
    /// and gives QEMU's reply, error replies included.
    /// </summary>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public Task<QmpResponse> SendAsync(string command, object arguments, CancellationToken cancellationToken = default) =>
        SendAsync(QmpCommand.Create(command, arguments), cancellationToken);

    /// <summary>Executes a command and gives its <c>return</c> value.</summary>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    public async Task<JsonElement> ExecuteAsync(QmpCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        QmpResponse response = await SendAsync(command, cancellationToken).ConfigureAwait(false);
        return response.GetReturnOrThrow(command.Name);
    }

    /// <summary>Executes a command without arguments and gives its <c>return</c> value.</summary>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    public Task<JsonElement> ExecuteAsync(string command, CancellationToken cancellationToken = default) =>
        ExecuteAsync(new QmpCommand(command), cancellationToken);

    /// <summary>Executes a command whose arguments are a JSON object and gives its <c>return</c> value.</summary>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    public Task<JsonElement> ExecuteAsync(string command, JsonElement arguments, CancellationToken cancellationToken = default) =>
        ExecuteAsync(QmpCommand.Create(command, arguments), cancellationToken);

    /// <summary>Executes a command with a dictionary of arguments, keys verbatim, and gives its <c>return</c> value.</summary>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    public Task<JsonElement> ExecuteAsync(string command, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken = default) =>
        ExecuteAsync(QmpCommand.Create(command, arguments), cancellationToken);

    /// <summary>
    /// Executes a command whose arguments are an object's properties and gives its <c>return</c> value:
    /// <c>ExecuteAsync("device_add", new { driver = "virtio-rng-pci", max_bytes = 64 })</c> sends <c>max-bytes</c>; <c>__</c> stands for <c>_</c>.
    /// </summary>
    /// <exception cref="QmpCommandException">QEMU refused the command.</exception>
    [RequiresUnreferencedCode(QmpJson.ReflectionMessage)]
    [RequiresDynamicCode(QmpJson.ReflectionMessage)]
    public Task<JsonElement> ExecuteAsync(string command, object arguments, CancellationToken cancellationToken = default) =>
        ExecuteAsync(QmpCommand.Create(command, arguments), cancellationToken);
}
