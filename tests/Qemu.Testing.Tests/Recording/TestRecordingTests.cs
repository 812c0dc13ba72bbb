using System.IO.Compression;
using System.Text.Json;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class TestRecordingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TestRun _run = new();
    private readonly FakeReport _report = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Running_test_is_on_the_disk_before_it_ends()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync("say while it runs");
        await vm.Console.WaitForAsync("while it runs");
        await vm.Qmp.ExecuteAsync("query-status");

        string directory = await RunningAsync("timeline.jsonl", "while it runs");
        await RunningAsync("qmp.jsonl", "query-status");
        await RunningAsync("vm/console.log", "while it runs");

        JsonElement marker = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "test.json"))).RootElement;
        Assert.Equal("running", marker.GetProperty("verdict").GetString());
        Assert.Equal("Some.Class.Test", marker.GetProperty("test").GetString());
        Assert.Equal(Environment.ProcessId, marker.GetProperty("process").GetInt32());
        Assert.False(Directory.Exists(scope.ArtifactDirectory));
        await scope.EndAsync(failed: false);
    }

    [Fact]
    public async Task Secret_is_in_no_file_and_nothing_that_the_report_gets()
    {
        _report.TestOutput = $"said by the test: {TestRun.Secret}\n";
        _report.TestFailure = new TestFailure("Some.Exception", $"It was {TestRun.Secret}.", "   at Some.Place()");
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").WithArguments("-name", TestRun.Secret, "-serial", "file:/dev/stderr").Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync($"com2 to QEMU's log {TestRun.Secret}");
        await vm.Console.SendLineAsync($"say on the console {TestRun.Secret} done");
        await vm.Console.WaitForAsync(" done\n");
        await vm.Qmp.ExecuteAsync("human-monitor-command", new Dictionary<string, object?> { ["command-line"] = $"info {TestRun.Secret}" });

        await scope.EndAsync(failed: true);

        string[] files = Directory.GetFiles(_run.Artifacts, "*", SearchOption.AllDirectories);
        Assert.Superset(
            new HashSet<string> { "console.log", "qemu.log", "qmp.jsonl", "timeline.jsonl", "command.sh", "report.html", "test.txt", "test.json" },
            files.Select(file => Path.GetFileName(file)).ToHashSet());
        Assert.All(files, file => Assert.DoesNotContain(TestRun.Secret, ReadWhole(file), StringComparison.Ordinal));
        Assert.Contains("on the console *** done", File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "console.log")), StringComparison.Ordinal);
        Assert.Contains("to QEMU's log ***", File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "qemu.log")), StringComparison.Ordinal);
        Assert.Contains("on the console *** done", ReadWhole(Path.Combine(scope.ArtifactDirectory, "report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain(TestRun.Secret, _report.Output, StringComparison.Ordinal);
        Assert.All(_report.Attachments.Values, attachment => Assert.DoesNotContain(TestRun.Secret, attachment, StringComparison.Ordinal));
    }

    /// <summary>A page with the data that it has packed.</summary>
    private static string ReadWhole(string path)
    {
        string text = File.ReadAllText(path);
        if (!text.Contains("id=\"data\">", StringComparison.Ordinal))
            return text;
        byte[] packed = Convert.FromBase64String(text.Split("id=\"data\">")[1].Split('<')[0]);
        using var unpacked = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        return text + unpacked.ReadToEnd();
    }

    [Fact]
    public async Task Timeline_has_every_source_on_one_clock()
    {
        _report.TestOutput = "a line of the test\n";
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").WithDisplay().Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync("say \u001b[31mred");
        await vm.Console.WaitForAsync("red\n");
        await vm.Screen.ScreenshotAsync();
        await vm.Qmp.ExecuteAsync("system_reset");
        await vm.Events.WaitAsync("RESET");
        _report.TestFailure = new TestFailure("Some.Exception", "It went wrong.\nBadly.", "   at Some.Place()");

        await scope.EndAsync(failed: true);

        JsonElement[] lines = [.. File.ReadLines(Path.Combine(scope.ArtifactDirectory, "timeline.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        string[] sources = [.. lines.Select(line => line.GetProperty("source").GetString()!).Distinct()];
        Assert.Superset(
            new HashSet<string> { "launch", "console", "qmp-command", "qmp-reply", "qmp-event", "screenshot", "test", "failure" },
            sources.ToHashSet());
        Assert.Contains("It went wrong.", Text(lines, "failure"));
        Assert.Contains("a line of the test", Text(lines, "test"));
        Assert.Contains("\u001b[31mred", Text(lines, "console"));
        Assert.Contains(Text(lines, "launch"), text => text.StartsWith("QEMU starts: ", StringComparison.Ordinal));
        Assert.Contains(Text(lines, "launch"), text => text.StartsWith("Ready after ", StringComparison.Ordinal));
        Assert.Contains(Text(lines, "qmp-event"), text => text.StartsWith("RESET {", StringComparison.Ordinal));

        double launched = TimeOf(lines, "launch", "QEMU starts");
        Assert.InRange(launched, 0, TimeOf(lines, "console", "TESTROM READY"));
        Assert.InRange(TimeOf(lines, "console", "TESTROM READY"), launched, TimeOf(lines, "qmp-command", "system_reset"));
        Assert.InRange(TimeOf(lines, "qmp-command", "system_reset"), launched, TimeOf(lines, "failure", "It went"));
        Assert.All(File.ReadLines(Path.Combine(scope.ArtifactDirectory, "qmp.jsonl")), line => Assert.True(JsonDocument.Parse(line).RootElement.TryGetProperty("message", out _)));
        Assert.Contains("report.html", Directory.GetFiles(scope.ArtifactDirectory).Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFiles(scope.ArtifactDirectory, "screenshot-*.png").Length);
        Assert.Equal(["vm-screenshot"], _report.Pictures.Keys);
        Assert.Contains("Some.Exception: It went wrong.\nBadly.", File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "test.txt")), StringComparison.Ordinal);
        Assert.Equal("failed", JsonDocument.Parse(File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "test.json"))).RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Passed_test_leaves_no_file_and_no_directory_of_its_own()
    {
        TestScope scope = _run.Enter(_report);
        await using (QemuMachine vm = TestRun.Rom().Build())
        {
            await vm.StartAsync();
            await scope.EndAsync(failed: false);
        }

        Assert.DoesNotContain(
            Directory.EnumerateDirectories(_run.Artifacts, "*", SearchOption.AllDirectories),
            directory => !directory.EndsWith("/running", StringComparison.Ordinal) && !directory.EndsWith("/runs", StringComparison.Ordinal));
        Assert.Empty(_report.Warnings);
    }

    [Fact]
    public async Task Machine_of_a_fixture_shows_its_launch_and_only_this_tests_console()
    {
        await using MachineHost host = _run.Host();
        await host.EnsureStartedAsync(CancellationToken.None);
        await host.GetMachine(scope: null).Console.SendLineAsync("say before the test");
        await host.GetMachine(scope: null).Console.WaitForAsync("before the test\n");
        TestScope scope = _run.Enter(_report);
        QemuMachine vm = host.GetMachine(scope);
        await vm.Console.SendLineAsync("say in the test");
        await vm.Console.WaitForAsync("in the test\n");

        await scope.EndAsync(failed: true);

        JsonElement[] lines = [.. File.ReadLines(Path.Combine(scope.ArtifactDirectory, "timeline.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.InRange(TimeOf(lines, "launch", "QEMU starts"), double.MinValue, 0);
        Assert.Equal(["in the test"], Text(lines, "console"));
    }

    [Fact]
    public async Task Hanging_test_is_dumped_where_it_runs_and_goes_on()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync();

        string? directory = await scope.DumpAsync("No end within 5 minutes.", TimeSpan.FromSeconds(30));

        Assert.NotNull(directory);
        Assert.StartsWith("Some.Class.Test\nhanging\n", File.ReadAllText(Path.Combine(directory, "test.txt")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(directory, "report.html")));
        Assert.Contains("No end within 5 minutes.", File.ReadAllText(Path.Combine(directory, "timeline.jsonl")), StringComparison.Ordinal);
        Assert.Contains("TESTROM READY", File.ReadAllText(Path.Combine(directory, "vm", "console.log")), StringComparison.Ordinal);
        await scope.EndAsync(failed: true);
        Assert.StartsWith("Some.Class.Test\nfailed\n", File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "test.txt")), StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task Failed_launch_shows_diagnosis_and_qemus_words()
    {
        TestScope scope = _run.Enter(_report);
        await using QemuMachine vm = new QemuMachineBuilder("qemu-system-x86_64").WithMachine("none").WithDevice("nonsense").WithName("vm").Build();
        await Assert.ThrowsAsync<QemuLaunchException>(() => vm.LaunchAsync());

        await scope.EndAsync(failed: true);

        JsonElement[] lines = [.. File.ReadLines(Path.Combine(scope.ArtifactDirectory, "timeline.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Contains(Text(lines, "qemu"), text => text.Contains("'nonsense' is not a valid device model name", StringComparison.Ordinal));
        Assert.Contains(Text(lines, "warning"), text => text.Contains("Diagnosis: ", StringComparison.Ordinal));
        Assert.Contains("nonsense", File.ReadAllText(Path.Combine(scope.ArtifactDirectory, "qemu.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_process_left_of_a_test_goes_when_the_test_ends()
    {
        TestScope scope = _run.Enter(_report, name: "Killed");
        string left = Path.Combine(_run.Artifacts, "running", $"{ArtifactTree.RunningNameOf(scope.Test)}-{int.MaxValue}-1");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "test.txt"), "Killed\nrunning\n");
        Assert.Equal([left], UnfinishedTests.In(Path.Combine(_run.Artifacts, "running")));

        await scope.EndAsync(failed: false);

        Assert.False(Directory.Exists(left));
    }

    private static string[] Text(JsonElement[] lines, string source) =>
        [.. lines.Where(line => line.GetProperty("source").GetString() == source).Select(line => line.GetProperty("text").GetString()!)];

    private static double TimeOf(JsonElement[] lines, string source, string text) => lines
        .First(line => line.GetProperty("source").GetString() == source && line.GetProperty("text").GetString()!.StartsWith(text, StringComparison.Ordinal))
        .GetProperty("t").GetDouble();

    /// <summary>Waits until a file of the running test holds a text.</summary>
    private async Task<string> RunningAsync(string file, string text)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            foreach (string directory in Directory.Exists(Path.Combine(_run.Artifacts, "running")) ? Directory.GetDirectories(Path.Combine(_run.Artifacts, "running")) : [])
            {
                string path = Path.Combine(directory, file);
                if (File.Exists(path) && (await File.ReadAllTextAsync(path, limit.Token)).Contains(text, StringComparison.Ordinal))
                    return directory;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
