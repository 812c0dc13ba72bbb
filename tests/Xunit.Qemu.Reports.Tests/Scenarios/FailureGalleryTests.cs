using Tests.Reports;

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
    }

    private static ReportedTest Failed(TestRunReports reports, string name)
    {
        ReportedTest test = reports[name];
        Assert.Equal("Fail", test.Result);
        Assert.Contains("qemu-system-x86_64 -display none", test.Output, StringComparison.Ordinal);
        string[] attachments = [.. test.Attachments.Keys];
        Assert.All(attachments, attachment => Assert.Contains(reports.Trx(name).Files, file => file.Contains(attachment, StringComparison.Ordinal)));
        return test;
    }
}
