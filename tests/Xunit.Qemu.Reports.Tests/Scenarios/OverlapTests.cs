using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>Tests that overlap on one machine: each shows its own part of the console, and says whose words are in there too.</summary>
public sealed class OverlapTests
{
    private static readonly Dictionary<string, string> s_parallel = new(StringComparer.Ordinal) { ["SCENARIOS_PARALLEL"] = "1" };

    private static readonly string[] s_classes = ["OverlapInClass", "OverlapInCollection", "NoOverlap", "ResetTests"];

    [Fact]
    public async Task Parallel_methods_of_v2()
    {
        using TestRunReports reports = await new TestProgram("Scenarios.V2").RunVSTestAsync(s_parallel, "--filter", string.Join('|', s_classes.Select(name => $"FullyQualifiedName~{name}")));

        AssertOverlap(reports, "Class", "Collection");
        AssertResetExplained(reports, ReportFormats.Trx);
    }

    [Fact]
    public async Task Parallel_mode_all_of_v4()
    {
        using TestRunReports reports = await new TestProgram("Scenarios.V3Next").RunAsync(
            ["-maxThreads", "unlimited", "-parallelMode", "all", .. ((string[])[.. s_classes, "OverlapInAssembly"]).SelectMany(name => (string[])["-class", $"Scenarios.{name}"])],
            s_parallel);

        AssertOverlap(reports, "Class", "Collection", "Assembly");
        AssertResetExplained(reports, ReportFormats.Trx);
    }

    private static void AssertOverlap(TestRunReports reports, params string[] levels)
    {
        IReport report = reports.Report(ReportFormats.Trx);
        foreach (string level in levels)
        {
            foreach ((string who, string other) in ((string, string)[])[("First", "Second"), ("Second", "First")])
            {
                ReportedResult result = report[$"Scenarios.OverlapIn{level}.{who}"];
                Assert.Contains($"{who} in the {level.ToLowerInvariant()}", result.Text, StringComparison.Ordinal);
                Assert.Contains($"[other tests used this machine at the same time, their output is in here too: Scenarios.OverlapIn{level}.{other}]", result.Text, StringComparison.Ordinal);
                if (result.Attachments?.GetValueOrDefault(result.Attachments.Keys.FirstOrDefault(name => name.EndsWith("-console", StringComparison.Ordinal), "")) is { } console)
                    Assert.StartsWith($"[other tests used this machine at the same time, their output is in here too: Scenarios.OverlapIn{level}.{other}]", console, StringComparison.Ordinal);
                Assert.DoesNotContain("all alone", result.Text, StringComparison.Ordinal);
            }
        }

        ReportedResult alone = report["Scenarios.NoOverlap.Alone"];
        Assert.Contains("all alone", alone.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("other tests used", alone.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" in the ", alone.Text, StringComparison.Ordinal);
    }

    /// <summary>A machine that is reset before each test cannot be shared by tests that overlap: the one that comes too early is told how to go about it.</summary>
    private static void AssertResetExplained(TestRunReports reports, string format) => Assert.All(
        ((string[])["First", "Second"]).Select(test => reports.Report(format)[$"Scenarios.ResetTests.{test}"]).Where(result => result.Outcome == "Fail"),
        result => Assert.Contains("QemuTest<ResetVm>", result.Text, StringComparison.Ordinal));
}
