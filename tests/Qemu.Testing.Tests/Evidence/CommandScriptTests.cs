using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Qemu.Machine;
using Qemu.Qmp;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Evidence;

public sealed class CommandScriptTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("qemu script's, ");

    public void Dispose()
    {
        _run.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Any_argument_reaches_the_program_as_it_is()
    {
        string[] arguments = ["plain", "", "with space", "it's", "\"$HOME\" `id` $(id)", "new\nline", "-n", "a,,b=*?[x]", "~", "\\", "ünï", "!#&|;<>(){}"];
        var command = new ManualCommand(["/usr/bin/printf", "%s\\0", .. arguments, "@SOCKETS@/x's.sock", "file=@STATE@/f"], [(3, null)], "/nowhere at all");
        string script = Path.Combine(_directory.FullName, "command.sh");
        await File.WriteAllTextAsync(script, CommandScript.Render("vm\nrm -rf", "qemu\nsecond line", command, state: null));

        string[] words = (await RunAsync(script, ["-last", "one's"], input: "")).Split('\0');

        Assert.Equal([.. arguments], words[..arguments.Length]);
        Assert.Matches("^/.*/qemu-by-hand-[^/]+/x's[.]sock$", words[arguments.Length]);
        Assert.Equal($"file={_directory.FullName.Replace(",", ",,", StringComparison.Ordinal)}/state/f", words[arguments.Length + 1]);
        Assert.Equal(["-last", "one's", ""], words[(arguments.Length + 2)..]);
    }

    [Fact]
    public async Task Script_runs_the_machine_again_at_the_terminal()
    {
        TestScope scope = _run.Enter();
        await using (QemuMachine vm = TestRun.Rom().WithName("vm").WithUserNetwork(new PortForward(8080)).WithArguments("-name", "it's $HOME").Build())
        {
            await vm.StartAsync();
            await scope.EndAsync(failed: true);
        }

        // Twice: what it made for itself does not stand in its own way.
        for (int i = 0; i < 2; i++)
        {
            string output = await TalkAsync(Path.Combine(scope.ArtifactDirectory, "command.sh"), [], ("TESTROM READY", Say("say by hand\n")), ("by hand", Say("\u0001x")));
            Assert.Contains("by hand", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Kept_machine_goes_on_where_it_was_and_the_test_goes_on_too()
    {
        _run.Settings = _run.Settings with { Keep = ArtifactKeeping.FailedMachines };
        string disk = Path.Combine(_directory.FullName, "disk, with comma.raw");
        await File.WriteAllBytesAsync(disk, new byte[1024 * 1024]);
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").WithDisk(disk, snapshot: true).Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync("poke 50000 5a");
        await vm.Console.WaitForAsync("ok\n");

        await scope.EndAsync(failed: true);

        Assert.Empty(report.Warnings);
        string state = Path.Combine(scope.ArtifactDirectory, "state");
        Assert.Equal(["disk0.qcow2", "machine-state", "state.json"], Directory.GetFiles(state).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("running", (await vm.Qmp.ExecuteAsync("query-status")).GetProperty("status").GetString());
        await vm.KillAsync();

        string output = await TalkAsync(
            Path.Combine(scope.ArtifactDirectory, "command.sh"),
            [],
            ("where it was saved", ResumeAsync),
            ("5a\r\n", Say("\u0001c")),
            ("(qemu)", Say("info status\n")),
            ("VM status: running", Say("quit\n")));
        Assert.DoesNotContain("TESTROM READY", output, StringComparison.Ordinal);
        Assert.Contains("5a", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machine_that_ended_leaves_no_state_and_says_so()
    {
        _run.Settings = _run.Settings with { Keep = ArtifactKeeping.FailedMachines };
        var report = new FakeReport();
        TestScope scope = _run.Enter(report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync();
        await vm.KillAsync();

        await scope.EndAsync(failed: true);

        Assert.Contains("The state of machine vm is not kept: it had ended.", report.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(scope.ArtifactDirectory, "state")));
    }

    private static async Task<string> RunAsync(string script, string[] arguments, string input)
    {
        using Process process = Start(script, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return await output;
    }

    /// <summary>Types each answer once its prompt has come.</summary>
    private static async Task<string> TalkAsync(string script, string[] arguments, params (string Prompt, Func<string, Task<string>> Answer)[] lines)
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

    private static Func<string, Task<string>> Say(string answer) => _ => Task.FromResult(answer);

    /// <summary>Lets the machine run once its state is loaded, by the QMP socket that the script names; then asks the guest for what it knew.</summary>
    private static async Task<string> ResumeAsync(string seen)
    {
        string path = Regex.Match(seen, "QMP: ([^;\n]*)").Groups[1].Value;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (!socket.Connected)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException)
            {
                await Task.Delay(20); // QEMU does not listen yet
            }
        }

        await using QmpClient qmp = await QmpClient.ConnectAsync(new QmpUnixStream(socket));
        while ((await qmp.ExecuteAsync("query-status")).GetProperty("status").GetString() == "inmigrate")
            await Task.Delay(20);
        await qmp.ExecuteAsync("cont");
        return "peek 50000\n";
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
