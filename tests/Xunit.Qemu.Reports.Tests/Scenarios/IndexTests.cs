using System.IO.Compression;
using System.Text.Json;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>Several test processes at once, some of the same assembly, with one directory of artefacts: a CI job that runs its test projects side by side.</summary>
public sealed class IndexTests : IDisposable
{
    private readonly DirectoryInfo _artifacts = Directory.CreateTempSubdirectory("qemu-index-");

    public void Dispose() => _artifacts.Delete(recursive: true);

    [Fact]
    public async Task Processes_side_by_side_make_one_index_that_is_whole_at_all_times()
    {
        var environment = new Dictionary<string, string> { ["XUNIT_QEMU_ARTIFACTS"] = _artifacts.FullName, ["CI_JOB_ID"] = "4711" };
        string[] programs = ["Scenarios.V3", "Scenarios.V3", "Scenarios.V3", "Scenarios.V3Next", "Scenarios.V3Next", "Scenarios.V3Next"];

        Task<TestRunReports>[] runs = [.. programs.Select(program => new TestProgram(program).RunAsync(["-class", "Scenarios.SharedMachine"], environment))];
        string index = Path.Combine(_artifacts.FullName, "index.html");
        var all = Task.WhenAll(runs);
        while (!all.IsCompleted)
        {
            if (File.Exists(index))
                Assert.NotEmpty(await ReadAsync(index));
            await Task.WhenAny(all, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        TestRunReports[] reports = await all;
        try
        {
            string[] journals = Directory.GetFiles(Path.Combine(_artifacts.FullName, "runs"), "*.jsonl");
            string[] lines = [.. journals.SelectMany(File.ReadLines)];
            Assert.Equal(programs.Length, journals.Length);
            Assert.Equal(programs.Length, lines.Count(line => line.Contains("Scenarios.SharedMachine.Passes", StringComparison.Ordinal)));
            Assert.Equal(programs.Length, lines.Count(line => line.Contains("Scenarios.SharedMachine.Fails\"", StringComparison.Ordinal)));

            JsonElement[] tests = await ReadAsync(index);
            Assert.Equal(lines.Length, tests.Length);
            Assert.DoesNotContain(tests, test => test.GetProperty("verdict").GetString() == "unfinished");
            Assert.All(
                tests.Where(test => test.GetProperty("verdict").GetString() == "failed"),
                test => Assert.True(File.Exists(Path.Combine(_artifacts.FullName, test.GetProperty("path").GetString()!, "report.html"))));
            Assert.All(reports, run => Assert.DoesNotContain("Evidence is incomplete", run.Console, StringComparison.Ordinal));
        }
        finally
        {
            foreach (TestRunReports run in reports)
                run.Dispose();
        }
    }

    private static async Task<JsonElement[]> ReadAsync(string page)
    {
        string packed = (await File.ReadAllTextAsync(page)).Split("id=\"data\">")[1].Split('<')[0];
        using var unpacked = new GZipStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        using JsonDocument document = await JsonDocument.ParseAsync(unpacked);
        return [.. document.RootElement.GetProperty("tests").EnumerateArray().Select(test => test.Clone())];
    }
}
