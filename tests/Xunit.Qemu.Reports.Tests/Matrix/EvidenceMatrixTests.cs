using Tests.Formats;
using Tests.Runners;

namespace Tests.Matrix;

/// <summary>For each runner, each of its reports and each way for a test to end: what the report has.</summary>
public abstract class EvidenceMatrixTests<TRun>(TRun run)
    where TRun : RunnerRun, new()
{
    private const int AttachmentLimit = 1024 * 1024;

    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (string format in new TRun().Formats)
            {
                foreach (EvidenceCase expected in EvidenceCase.All)
                    cells.Add(format, expected.Name);
            }

            return cells;
        }
    }

    public static TheoryData<string> Formats => [.. new TRun().Formats];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Report_has_the_evidence(string format, string @case)
    {
        EvidenceCase expected = EvidenceCase.All.Single(item => item.Name == @case);
        ReportedResult result = (await run.Reports).Report(format)["Scenarios." + expected.Test];

        Assert.Equal(expected.Outcome, result.Outcome);
        Assert.Contains(expected.Message, result.Text, StringComparison.Ordinal);
        if (expected.Console is null)
        {
            Assert.DoesNotContain(Carriers.TailStart, result.Text, StringComparison.Ordinal);
            Assert.Empty(result.Attachments ?? new Dictionary<string, string>());
            return;
        }

        // Where a class could not be made, xUnit.net v3 calls nobody of ours: what the exception says is all there is.
        if ((expected.Attachment is not null || run.IsV2) && run.ShowsOutput(format))
        {
            Assert.True(Carriers.HasTail(result, expected), result.Text);
            Assert.Contains("Evidence: ", result.Text, StringComparison.Ordinal);
        }

        if (expected.Attachment is not null && !run.IsV2 && result.Attachments is not null)
            Assert.True(Carriers.HasAttachment(result, expected), string.Join(", ", result.Attachments.Keys));
        Assert.All(result.Attachments?.Values ?? [], text => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(text), 1, AttachmentLimit));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Flood_is_cut_to_its_end_and_the_whole_is_named(string format)
    {
        TestRunReports reports = await run.Reports;
        ReportedResult result = reports.Report(format)["Scenarios.Flooded.Fails_after_50_megabytes"];

        Assert.InRange(result.Text.Length, 100, 100_000);
        if (result.Attachments?.GetValueOrDefault("flood-console") is { } text)
        {
            Assert.StartsWith("[the last of 524288", text, StringComparison.Ordinal);
            Assert.Contains($"all of them: {reports.Artifacts}", text, StringComparison.Ordinal);
        }

        Assert.Equal(50 * 1024 * 1024 + "\r\nflood over\r\n".Length, reports.ArtifactFile("Fails_after_50_megabytes/console.log").Length);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Failed_test_names_its_source_line(string format)
    {
        ReportedResult result = (await run.Reports).Report(format)["Scenarios.OwnMachines.Fails"];
        (int attribute, int throws) = ScenarioSource.LinesOf("public sealed class OwnMachines", "public async Task Fails()");

        Assert.Contains($"BrokenMachines.cs:line {throws}", result.Text, StringComparison.Ordinal);
        if (result.Source is { } source)
        {
            Assert.EndsWith("/tests/AdapterScenarios/BrokenMachines.cs", source.File, StringComparison.Ordinal);
            Assert.Equal(attribute, source.Line);
        }
        else
        {
            Assert.DoesNotContain(format, (string[])[ReportFormats.XunitXml, ReportFormats.Ctrf]);
        }
    }
}
