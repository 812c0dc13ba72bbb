using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Qemu.Qmp;

namespace Tests.Qemu.Testing.Evidence;

/// <summary>A script <c>command.sh</c> at work, and who sits at its terminal.</summary>
internal static class ScriptTerminal
{
    public static async Task<string> RunAsync(string script, string[] arguments, string input)
    {
        using Process process = Start(script, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return await output;
    }

    /// <summary>Types each answer once its prompt has come.</summary>
    public static async Task<string> TalkAsync(string script, string[] arguments, params (string Prompt, Func<string, Task<string>> Answer)[] lines)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using Process process = Start(script, arguments);
        var seen = new System.Text.StringBuilder();
        try
        {
            var pending = new Queue<(string Prompt, Func<string, Task<string>> Answer)>(lines);
            int from = 0;
            Task<string?>[] readers = [ReadAsync(process.StandardOutput), ReadAsync(process.StandardError)];
            StreamReader[] streams = [process.StandardOutput, process.StandardError];
            while (readers.Any(reader => reader is not null))
            {
                while (pending.TryPeek(out var next) && seen.ToString().IndexOf(next.Prompt, from, StringComparison.Ordinal) is var at and >= 0)
                {
                    from = at + next.Prompt.Length;
                    string answer = await next.Answer(seen.ToString()).WaitAsync(limit.Token);
                    await process.StandardInput.WriteAsync(answer.AsMemory(), limit.Token);
                    await process.StandardInput.FlushAsync(limit.Token);
                    pending.Dequeue();
                }

                Task<string?> done = await Task.WhenAny(readers.Where(reader => reader is not null)).WaitAsync(limit.Token);
                int which = Array.IndexOf(readers, done);
                string? text = await done;
                seen.Append(text);
                readers[which] = text is null ? null! : ReadAsync(streams[which]);
            }

            await process.WaitForExitAsync(limit.Token);
            return seen.ToString();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It came as far as:\n{seen}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public static Func<string, Task<string>> Say(string answer) => _ => Task.FromResult(answer);

    /// <summary>Lets the machine run once its state is loaded, by the QMP socket that the script names; then types.</summary>
    public static Func<string, Task<string>> ResumeAsync(string answer) => async seen =>
    {
        using Socket socket = await ConnectAsync(SocketOf(seen));
        await using QmpClient qmp = await QmpClient.ConnectAsync(new QmpUnixStream(socket));
        while ((await qmp.ExecuteAsync("query-status")).GetProperty("status").GetString() == "inmigrate")
            await Task.Delay(20);
        await qmp.ExecuteAsync("cont");
        return answer;
    };

    /// <summary>The QMP socket that the script named; others are beside it.</summary>
    public static string SocketOf(string seen) => Regex.Match(seen, "QMP: ([^;\n]*)").Groups[1].Value;

    /// <summary>QEMU may not listen yet.</summary>
    public static async Task<Socket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (!socket.Connected)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        return socket;
    }

    private static async Task<string?> ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[1024];
        int count = await reader.ReadAsync(buffer);
        return count == 0 ? null : new string(buffer, 0, count);
    }

    private static Process Start(string script, string[] arguments) => Process.Start(new ProcessStartInfo("/bin/sh", [script, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
