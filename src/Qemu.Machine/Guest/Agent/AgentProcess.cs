using System.Text.Json;

namespace Qemu.Machine;

/// <summary>Runs a program through the agent, which starts it and, asked again and again, tells when it has ended.</summary>
internal sealed class AgentProcess(GuestAgent agent, QemuMachine machine)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(250);

    public async Task<ShellResult> RunAsync(string program, string[] arguments, AgentRunOptions options, CancellationToken cancellationToken)
    {
        string command = ShellQuoting.Join([program, .. arguments]);
        JsonElement status = await machine.Waits.RunAsync(
            $"`{command}` to end in the guest of machine {machine.Name}",
            options.Timeout,
            async token =>
            {
                JsonElement started = await agent.ExecuteAsync("guest-exec", Arguments(program, arguments, options), token).ConfigureAwait(false);
                return await WaitForEndAsync(started.GetProperty("pid").GetInt64(), token).ConfigureAwait(false);
            },
            () => "it was started, and the agent does not give output before the end",
            cancellationToken).ConfigureAwait(false);

        if (IsTrue(status, "out-truncated") || IsTrue(status, "err-truncated"))
            throw new GuestShellException($"`{command}` wrote more than the guest agent keeps (16 MiB): let it write to a file and copy that.");
        int exitCode = status.TryGetProperty("signal", out JsonElement signal) && signal.GetInt32() != 0
            ? 128 + signal.GetInt32()
            : status.GetProperty("exitcode").GetInt32();
        return new ShellResult(command, exitCode, Bytes(status, "out-data"), Bytes(status, "err-data"));
    }

    private static Dictionary<string, object?> Arguments(string program, string[] arguments, AgentRunOptions options)
    {
        var values = new Dictionary<string, object?> { ["path"] = program, ["arg"] = arguments, ["capture-output"] = true };
        if (!options.Environment.IsEmpty)
            values.Add("env", options.Environment.Select(variable => $"{variable.Key}={variable.Value}").ToArray());
        if (!options.Input.IsEmpty)
            values.Add("input-data", Convert.ToBase64String(options.Input.Span));
        return values;
    }

    private async Task<JsonElement> WaitForEndAsync(long processId, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            JsonElement status = await agent.ExecuteAsync("guest-exec-status", new Dictionary<string, object?> { ["pid"] = processId }, cancellationToken).ConfigureAwait(false);
            if (status.GetProperty("exited").GetBoolean())
                return status;
            await Task.Delay(pause, machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsTrue(JsonElement status, string name) => status.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    private static byte[] Bytes(JsonElement status, string name) => status.TryGetProperty(name, out JsonElement value) ? value.GetBytesFromBase64() : [];
}
