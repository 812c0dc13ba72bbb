using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>examples/FailureGallery fails as it should, with what it should show.</summary>
public sealed class FailureGalleryTests
{
    [Fact]
    public async Task Each_failure_shows_its_evidence()
    {
        using TestRunReports reports = await new TestProgram("FailureGallery").RunAsync([]);

        ReportedTest wrong = Failed(reports, "Gallery.Console_shows_something_else");
        Assert.Contains("Expected: the console shows \"Welcome\"", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("login incorrect\n", wrong.Attachments["RomVm-console"]);

        ReportedTest panic = Failed(reports, "Gallery.Guest_panics");
        Assert.Contains("Kernel panic - not syncing: test", panic.Attachments["RomVm-console"], StringComparison.Ordinal);
        Assert.Contains("Kernel panic - not syncing: test", panic.Message, StringComparison.Ordinal);

        ReportedTest late = Failed(reports, "Gallery.Test_takes_too_long");
        Assert.Contains("timed out", late.Message, StringComparison.Ordinal);
        Assert.Equal("working on it\n", late.Attachments["RomVm-console"]);

        ReportedTest device = Failed(reports, "BadDevice.Machine_does_not_launch");
        Assert.Contains("'virtio-teapot-pci' is not a valid device model name", device.Attachments["BadDeviceVm-qemu"], StringComparison.Ordinal);
        Assert.Contains("'virtio-teapot-pci' is not a valid device model name", device.Message, StringComparison.Ordinal);

        Assert.Equal(4, reports.Tests.Count);
        foreach (string name in (string[])["Console_shows_something_else", "Guest_panics", "Test_takes_too_long", "Machine_does_not_launch"])
        {
            Assert.Contains("id=\"data\"", reports.Artifact($"{name}/report.html"), StringComparison.Ordinal);
            Assert.Contains("\"verdict\":\"failed\"", reports.Artifact($"{name}/test.json"), StringComparison.Ordinal);
            Assert.Contains("\"source\":\"failure\"", reports.Artifact($"{name}/timeline.jsonl"), StringComparison.Ordinal);
        }

        // The headlines alone say why.
        string journal = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(reports.Artifacts, "runs"), "*.jsonl")), TestContext.Current.CancellationToken);
        Assert.Matches("""
            "title":"Expected: the console shows \\"Welcome\\". Actual: [^"]+
            """, journal);
        Assert.Matches("""
            "title":"Expected: the console shows \\"all done\\". Actual: [^"]*panicked: Kernel panic - not syncing: test"
            """, journal);
        Assert.Matches("""
            "title":"Machine BadDeviceVm[-0-9]* did not launch: QEMU exited with code 1
            """, journal);

        Assert.Contains("\"source\":\"panic\"", reports.Artifact("Guest_panics/timeline.jsonl"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(reports.Artifacts, "index.html")));
        Assert.False(Directory.Exists(Path.Combine(reports.Artifacts, "running")));
    }

    private static ReportedTest Failed(TestRunReports reports, string name)
    {
        ReportedTest test = reports[name];
        Assert.Equal("Fail", test.Result);
        Assert.True(test.Output.Contains("qemu-system-x86_64 -display none", StringComparison.Ordinal), test.Output + string.Join("\n", test.Warnings));
        string[] attachments = [.. test.Attachments.Keys];
        Assert.All(attachments, attachment => Assert.Contains(reports.Trx(name).Files, file => file.Contains(attachment, StringComparison.Ordinal)));
        return test;
    }
}
