using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("SharedMachine.Passes")]
    [InlineData("OwnMachines.Passes")]
    [InlineData("BuiltInTests.Skipped")]
    public async Task Bad_setting_fails_the_tests_and_is_named(string test)
    {
        using TestRunReports reports = await RunAsync(test, "XUNIT_QEMU_ACCEL", "kmv");

        Assert.Equal("Fail", reports[test].Result);
        Assert.Contains("XUNIT_QEMU_ACCEL is 'kmv'", reports[test].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passing_test_leaves_its_evidence_on_disk_when_all_is_to_be_kept()
    {
        using TestRunReports reports = await RunAsync("SharedMachine.Passes", "XUNIT_QEMU_KEEP", "all");

        Assert.Equal("Pass", reports["SharedMachine.Passes"].Result);
        Assert.Equal("only in the passing test\r\n", reports.Artifact("Passes/console.log"));
    }

    [Theory]
    [InlineData("all", "Device", "all")]
    [InlineData("all", "Machine_of_the_fixture", "all")]
    [InlineData("kvm,Device", "Device", "device")]
    public async Task Requirement_that_the_run_insists_on_fails_instead_of_skipping(string require, string test, string word)
    {
        using TestRunReports reports = await RunAsync($"Requirements.{test}", "XUNIT_QEMU_REQUIRE", require);

        Assert.Equal("Fail", reports[$"Requirements.{test}"].Result);
        Assert.Contains($"XUNIT_QEMU_REQUIRE has '{word}'", reports[$"Requirements.{test}"].Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Requirement_that_the_run_does_not_insist_on_skips()
    {
        using TestRunReports reports = await RunAsync("Requirements.Version", "XUNIT_QEMU_REQUIRE", "kvm");

        Assert.Equal("Skip", reports["Requirements.Version"].Result);
    }

    [Fact]
    public async Task Artefacts_that_cannot_be_written_fail_no_test_and_hide_no_failure()
    {
        using TestRunReports reports = await new TestProgram("Scenarios.V3").RunAsync(
            ["-class", "Scenarios.SharedMachine"],
            new Dictionary<string, string> { ["XUNIT_QEMU_ARTIFACTS"] = "/proc/nowhere", ["XUNIT_QEMU_KEEP"] = "all" });

        Assert.Equal("Pass", reports["SharedMachine.Passes"].Result);
        Assert.Contains("what never comes", reports["SharedMachine.Fails"].Message, StringComparison.Ordinal);
        Assert.Contains("RomVm-console", reports["SharedMachine.Fails"].Attachments.Keys);
        Assert.Contains("Evidence is incomplete", Assert.Single(reports["SharedMachine.Fails"].Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Scenarios.V3", false, @"Total: 4, Errors: 0, Failed: 0, Skipped: 0")]
    [InlineData("Scenarios.V2", true, @"Failed: +0, Passed: +4, Skipped: +0")]
    public async Task Setting_holds_outside_of_our_tests_and_fixtures_too(string program, bool vstest, string summary)
    {
        DirectoryInfo cache = Directory.CreateTempSubdirectory("qemu-settings-");
        try
        {
            var environment = new Dictionary<string, string> { ["XUNIT_QEMU_CACHE"] = cache.FullName };
            var tests = new TestProgram(program);
            using TestRunReports reports = vstest
                ? await tests.RunVSTestAsync(environment, "--filter", "FullyQualifiedName~Surroundings")
                : await tests.RunAsync(["-class", "Scenarios.Surroundings"], environment);

            Assert.Matches(summary, reports.Console);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Home_that_may_not_be_written_to_is_named_with_the_setting_that_helps()
    {
        using TestRunReports reports = await RunAsync("Surroundings.Guest_image", "XDG_DATA_HOME", "/proc/nowhere");

        string message = reports["Surroundings.Guest_image"].Message;
        Assert.Contains("The cache directory /proc/nowhere/xunit-qemu cannot be made", message, StringComparison.Ordinal);
        Assert.Contains("XUNIT_QEMU_CACHE", message, StringComparison.Ordinal);
    }

    private static Task<TestRunReports> RunAsync(string test, string variable, string value) =>
        new TestProgram("Scenarios.V3").RunAsync(["-method", $"Scenarios.{test}"], new Dictionary<string, string> { [variable] = value });
}
