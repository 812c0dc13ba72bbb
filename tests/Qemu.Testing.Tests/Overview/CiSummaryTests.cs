using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Overview;

public sealed class CiSummaryTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly FakeReport _report = new();

    private string Summary => Path.Combine(_run.Artifacts, "summary.md");

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Failed_test_has_its_headline_in_the_job_summary_and_its_output_folded()
    {
        _run.Settings = _run.Settings with { Ci = new CiService(FoldsOutput: true, Summary, RunId: null) };
        _report.TestFailure = new TestFailure("X", "Expected <b>bold</b> & | `code` [link](http://x) *x*\nmore", "");
        TestScope scope = _run.Enter(_report, name: "Fails_<script>");
        await using QemuMachine vm = TestRun.Rom().WithName("vm").Build();
        await vm.StartAsync();
        await vm.Console.SendLineAsync("say ::set-env name=PATH::/tmp");
        await vm.Console.WaitForAsync("/tmp\n");

        await scope.EndAsync(failed: true);

        string summary = await File.ReadAllTextAsync(Summary);
        Assert.StartsWith("- :x: **Some.Class.Fails&#95;&#60;script&#62;**  \n  Expected &#60;b&#62;bold", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("more", summary, StringComparison.Ordinal);
        Assert.Contains("/report.html</code>", summary, StringComparison.Ordinal);
        string[] commands = [.. _report.Lines.Where(line => line.TrimStart().StartsWith("::", StringComparison.Ordinal))];
        Assert.Equal(2, commands.Length);
        Assert.StartsWith("::group::Machine vm: running", commands[0], StringComparison.Ordinal);
        Assert.Equal("::endgroup::", commands[1]);
        Assert.Contains(_report.Lines, line => line.Contains("set-env", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Summary_that_cannot_be_written_is_left()
    {
        _run.Settings = _run.Settings with { Ci = new CiService(FoldsOutput: false, "/proc/nowhere/summary", RunId: null) };
        TestScope scope = _run.Enter(_report);

        await scope.EndAsync(failed: true);

        Assert.Empty(_report.Warnings);
        Assert.Empty(_report.Lines);
    }

    [Fact]
    public void Service_is_known_by_its_variables()
    {
        var variables = new Dictionary<string, string> { ["GITHUB_ACTIONS"] = "true", ["GITHUB_STEP_SUMMARY"] = "/s", ["GITHUB_RUN_ID"] = "7", ["GITHUB_RUN_ATTEMPT"] = "1", ["GITHUB_JOB"] = "test" };

        Assert.Equal(new CiService(FoldsOutput: true, "/s", "github-7-1-test"), CiService.From(variables.GetValueOrDefault));
        Assert.Equal(CiService.None, CiService.From(_ => null));
    }
}
