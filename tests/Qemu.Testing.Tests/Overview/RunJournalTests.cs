using System.Text.Json;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Overview;

public sealed class RunJournalTests : IDisposable
{
    private readonly TestRun _run = new();

    private string Runs => Path.Combine(_run.Artifacts, RunJournal.Folder);

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Run_lists_tests_that_passed_and_failed_with_their_machines()
    {
        await RunTestAsync("Passes", failed: false);
        await RunTestAsync("Fails", failed: true);

        JsonElement[] tests = [.. File.ReadLines(Assert.Single(Directory.GetFiles(Runs, "*.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["passed", "failed"], tests.Select(test => test.GetProperty("verdict").GetString()));
        Assert.Equal(JsonValueKind.Null, tests[0].GetProperty("path").ValueKind);
        Assert.Equal("Some.Tests-net10.0/Some.Class/Fails", tests[1].GetProperty("path").GetString());
        JsonElement machine = Assert.Single(tests[1].GetProperty("machines").EnumerateArray());
        Assert.Equal("boot", machine.GetProperty("start").GetString());
        Assert.True(machine.GetProperty("launchSeconds").GetDouble() > 0);
        Assert.True(machine.GetProperty("readySeconds").GetDouble() >= 0);
        Assert.True(File.Exists(Path.Combine(_run.Artifacts, "index.html")));
    }

    [Fact]
    public async Task Run_replaces_the_same_assemblys_earlier_one_and_no_other()
    {
        Directory.CreateDirectory(Runs);
        foreach (string name in (string[])[$"run-Some.Tests-net10.0-{int.MaxValue}", $"run-Other.Tests-net10.0-{int.MaxValue}", "run-Some.Tests-net10.0-1"])
            await File.WriteAllTextAsync(Path.Combine(Runs, name + ".jsonl"), "");

        await RunTestAsync("Passes", failed: false);

        string[] files = [.. Directory.GetFiles(Runs, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)!)];
        Assert.DoesNotContain($"run-Some.Tests-net10.0-{int.MaxValue}", files);
        Assert.Contains($"run-Other.Tests-net10.0-{int.MaxValue}", files);
        Assert.Contains("run-Some.Tests-net10.0-1", files); // its process runs
        Assert.Contains($"run-Some.Tests-net10.0-{Environment.ProcessId}", files);
    }

    [Fact]
    public async Task Runs_of_one_CI_job_belong_together()
    {
        _run.Settings = _run.Settings with { Ci = CiService.None with { RunId = "github-7-1-test" } };
        await RunTestAsync("Passes", failed: false);
        string own = Assert.Single(Directory.GetFiles(Runs, "*.jsonl"));
        string earlier = own.Replace($"-{Environment.ProcessId}.", $"-{int.MaxValue}.", StringComparison.Ordinal);
        File.Move(own, earlier);
        using var other = new TestRun();
        other.Settings = _run.Settings;

        JournalOfAnotherProcess(other.Settings);

        Assert.True(File.Exists(earlier));
        Assert.True(File.Exists(own));
    }

    [Fact]
    public async Task Journals_of_several_processes_at_once_lose_nothing()
    {
        await RunTestAsync("Passes", failed: false);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            File.WriteAllText(Path.Combine(Runs, $"run-A{number}-net10.0-1.jsonl"), $$"""{"test":"T{{number}}","class":"C","assembly":"A{{number}}","verdict":"passed","started":"","seconds":1,"title":null,"path":null,"machines":[]}""" + "\n");
            IndexPage.Write(_run.Artifacts, TimeSpan.FromSeconds(60));
        })));

        string page = await File.ReadAllTextAsync(Path.Combine(_run.Artifacts, IndexPage.Name));
        string packed = page.Split("id=\"data\">")[1].Split('<')[0];
        using var gzip = new System.IO.Compression.GZipStream(new MemoryStream(Convert.FromBase64String(packed)), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(9, (await JsonDocument.ParseAsync(gzip)).RootElement.GetProperty("tests").GetArrayLength());
    }

    [Fact]
    public async Task Page_is_written_without_what_another_process_removes_meanwhile()
    {
        await RunTestAsync("Passes", failed: false);
        File.CreateSymbolicLink(Path.Combine(Runs, "run-Gone.Tests-net10.0-1.jsonl"), "removed after it was listed");

        await RunTestAsync("Fails", failed: true);

        Assert.True(File.Exists(Path.Combine(_run.Artifacts, IndexPage.Name)));
    }

    private static void JournalOfAnotherProcess(QemuTestSettings settings) =>
        RunJournal.Create(settings).Add(TestMarker.Begin(new TestIdentity("Some.Tests", "net10.0", "C", "M", "D", "1")), "passed", failure: null, [], path: null);

    private async Task RunTestAsync(string name, bool failed)
    {
        TestScope scope = _run.Enter(name: name);
        await using QemuMachine vm = TestRun.Rom().Build();
        await vm.StartAsync();
        await scope.EndAsync(failed);
    }
}
