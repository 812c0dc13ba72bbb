using System.Text.Json;

namespace Qemu.Machine;

/// <summary>Files through the guest agent, chunk by chunk.</summary>
internal sealed class AgentFileTransport(GuestAgent agent) : IGuestFileTransport
{
    /// <summary>Far below the 48 MB that the agent takes at once: what a time-out leaves behind is small.</summary>
    private const int Chunk = 512 * 1024;

    public async Task WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        long handle = await OpenAsync(path, "wb", cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] chunk = new byte[Chunk];
            while (await content.ReadAtLeastAsync(chunk, Chunk, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                for (int written = 0; written < count;)
                {
                    JsonElement answer = await agent.ExecuteAsync(
                        "guest-file-write",
                        new Dictionary<string, object?> { ["handle"] = handle, ["buf-b64"] = Convert.ToBase64String(chunk, written, count - written) },
                        cancellationToken).ConfigureAwait(false);
                    written += answer.GetProperty("count").GetInt32();
                }
            }
        }
        finally
        {
            await CloseAsync(handle, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task ReadAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        long handle = await OpenAsync(path, "rb", cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                JsonElement answer = await agent.ExecuteAsync(
                    "guest-file-read",
                    new Dictionary<string, object?> { ["handle"] = handle, ["count"] = Chunk },
                    cancellationToken).ConfigureAwait(false);
                byte[] bytes = answer.GetProperty("buf-b64").GetBytesFromBase64();
                await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                if (bytes.Length == 0 || answer.GetProperty("eof").GetBoolean())
                    return;
            }
        }
        finally
        {
            await CloseAsync(handle, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken) =>
        agent.RunAsync("/bin/sh", ["-c", command], new AgentRunOptions { Timeout = Timeout.InfiniteTimeSpan }, cancellationToken);

    private async Task<long> OpenAsync(string path, string mode, CancellationToken cancellationToken)
    {
        JsonElement handle = await agent.ExecuteAsync("guest-file-open", new Dictionary<string, object?> { ["path"] = path, ["mode"] = mode }, cancellationToken).ConfigureAwait(false);
        return handle.GetInt64();
    }

    private Task<JsonElement> CloseAsync(long handle, CancellationToken cancellationToken) =>
        agent.ExecuteAsync("guest-file-close", new Dictionary<string, object?> { ["handle"] = handle }, cancellationToken);
}
