using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>A test that times out has one result, whose evidence is complete, however its body ends at that moment.</summary>
public sealed class TimeOutTests
{
    [Theory]
    [InlineData("Scenarios.V3")]
    [InlineData("Scenarios.V3Next")]
    public async Task Time_out_is_one_failure_with_evidence(string program)
    {
        using TestRunReports reports = await new TestProgram(program).RunAsync(["-class", "Scenarios.ManyTimeOuts"]);

        Assert.Equal(12, reports.Tests.Count);
        Assert.All(reports.Tests, test =>
        {
            Assert.Contains("timed out after 400", test.Message, StringComparison.Ordinal);
            Assert.Contains("qemu-system-x86_64 -display none", test.Output, StringComparison.Ordinal);
            Assert.Contains("RomVm-console", test.Attachments.Keys);
        });
        Assert.DoesNotContain("Cleanup", reports.Console, StringComparison.Ordinal);
        Assert.Contains("Errors: 0, Failed: 12,", reports.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Scenarios.V3")]
    [InlineData("Scenarios.V3Next")]
    public async Task Panic_before_it_shows_though_the_body_did_not_listen(string program)
    {
        using TestRunReports reports = await new TestProgram(program).RunAsync(["-class", "Scenarios.PanicNobodyListensTo"]);

        ReportedTest test = Assert.Single(reports.Tests);
        Assert.Contains("timed out after 5000", test.Message, StringComparison.Ordinal);
        Assert.Contains("Kernel panic - not syncing: test", test.Attachments["RomVm-console"], StringComparison.Ordinal);
        Assert.Contains("panicked: Kernel panic - not syncing: test", reports.Artifact("Times_out/test.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Scenarios.V3")]
    [InlineData("Scenarios.V3Next")]
    public async Task Test_that_is_cancelled_before_it_has_not_timed_out(string program)
    {
        using TestRunReports reports = await new TestProgram(program).RunAsync(["-class", "Scenarios.CancelsItself"]);

        ReportedTest test = Assert.Single(reports.Tests);
        Assert.Equal("Pass", test.Result);
        Assert.Empty(test.Attachments);
        Assert.Contains("\"verdict\":\"passed\"", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(reports.Artifacts, "runs"), "*.jsonl")), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
