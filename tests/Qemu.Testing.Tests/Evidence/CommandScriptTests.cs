using Qemu.Machine;
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
        var command = new ManualCommand(["/usr/bin/printf", "%s\\0", .. arguments, "@SOCKETS@/x's.sock", "file=@STATE@/f"], [new ManualDescriptor(3, "<>", null)], [], ["it's `id`"], "/nowhere at all");
        string script = Path.Combine(_directory.FullName, "command.sh");
        await File.WriteAllTextAsync(script, CommandScript.Render("vm\nrm -rf", "qemu\nsecond line", command, state: null));

        string[] words = (await ScriptTerminal.RunAsync(script, ["-last", "one's"], input: "")).Split('\0');

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
            string output = await ScriptTerminal.TalkAsync(Path.Combine(scope.ArtifactDirectory, "command.sh"), [], ("TESTROM READY", ScriptTerminal.Say("say by hand\n")), ("by hand", ScriptTerminal.Say("\u0001x")));
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

        string output = await ScriptTerminal.TalkAsync(
            Path.Combine(scope.ArtifactDirectory, "command.sh"),
            [],
            ("where it was saved", ScriptTerminal.ResumeAsync("peek 50000\n")),
            ("5a\r\n", ScriptTerminal.Say("\u0001c")),
            ("(qemu)", ScriptTerminal.Say("info status\n")),
            ("VM status: running", ScriptTerminal.Say("quit\n")));
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
}
