using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>The design's decisions 4 to 9, as they show in the reports of xUnit.net v2 and v3.</summary>
public sealed class DecisionTests(ConsoleRun v3, NextRun next, V2Run v2)
{
    public static TheoryData<string> Versions => ["v2", "v3", "v4"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_4_machine_built_in_a_test_belongs_to_it(string version)
    {
        IReport report = await ReportAsync(version);

        Assert.Contains("TESTROM READY", AssertFailed(report, "BuiltInTests.Fails_after_disposal").Text, StringComparison.Ordinal);
        ReportedResult forgetful = AssertPassed(report, "BuiltInTests.Forgets_its_machine");
        if (version != "v4") // whose TRX has no warnings
            Assert.Contains("was still running when the test ended, and was ended", forgetful.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_4_waits_end_with_their_test(string version)
    {
        IReport report = await ReportAsync(version);

        Assert.Contains("timed out after 8000", AssertFailed(report, "TimeOuts.Times_out").Text, StringComparison.Ordinal);
        Assert.Contains("Kernel panic - not syncing: test", AssertFailed(report, "Panics.Waits_for_something_else_by_the_token_of_its_scope").Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_4_machine_built_in_a_constructor_that_throws_ends_with_the_test(string version)
    {
        IReport report = await ReportAsync(version);

        ReportedResult[] rows = [.. Enumerable.Range(1, 2).Select(row => report[$"Scenarios.MachineOfAConstructorThatThrows.Is_ended_with_the_test(row: {row})"])];
        Assert.Contains("thrown with a machine built", Assert.Single(rows, row => row.Outcome == "Fail").Text, StringComparison.Ordinal);
        Assert.Single(rows, row => row.Outcome == "Pass");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_5_failed_launch_is_kept_and_shown_by_every_test_that_uses_the_machine(string version)
    {
        IReport report = await ReportAsync(version);

        Assert.All(
            (string[])["FixtureLaunchFails.Qemu_fact", "FixtureLaunchFails.Qemu_fact_that_does_not_look", "FixtureLaunchFails.Plain_fact", "FixtureLaunchFailsInConstructor.Qemu_fact"],
            test => Assert.Contains("'nonsense' is not a valid device model name", AssertFailed(report, test).Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v3")]
    [InlineData("v4")]
    public async Task Decision_5_machine_of_an_assembly_starts_for_the_first_test_that_asks(string version)
    {
        IReport report = await ReportAsync(version); // starting the one that nobody asks for would have killed the process

        AssertPassed(report, "AssemblyTests.Passes");
        Assert.Contains("in the assembly", AssertFailed(report, "AssemblyTests.Fails").Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_6_each_test_has_a_machine_of_its_own(string version)
    {
        IReport report = await ReportAsync(version);

        AssertPassed(report, "OwnMachines.Passes"); // it powers the machine off
        Assert.Contains("own machine", AssertFailed(report, "OwnMachines.Fails").Text, StringComparison.Ordinal);
        Assert.Contains("'nonsense' is not a valid device model name", AssertFailed(report, "OwnMachineLaunchFails.Qemu_fact_that_does_not_look").Text, StringComparison.Ordinal);
        AssertPassed(report, "OneLease.Of_a_fixture_there_is_one");
        AssertPassed(report, "AnotherLease.Of_a_fixture_there_is_one");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_7_machine_is_reset_as_its_fixture_says(string version)
    {
        IReport report = await ReportAsync(version);

        AssertPassed(report, "ResetTests.First");
        AssertPassed(report, "ResetTests.Second");
        AssertPassed(report, "RepairTests.Breaks_its_machine(round: 1)");
        AssertPassed(report, "RepairTests.Breaks_its_machine(round: 2)");
        AssertPassed(report, "NeverResetTests.Ends_its_machine(round: 1)");
        AssertPassed(report, "NeverResetTests.Ends_its_machine(round: 2)");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_8_starts_are_bounded_and_never_deadlock(string version)
    {
        IReport report = await ReportAsync(version);

        AssertPassed(report, "Gate.Bounds_the_starts_of_machines_that_tests_build");
        AssertPassed(report, "Gate.Lets_go_of_a_start_that_is_cancelled_while_it_is_queued");
        AssertPassed(report, "Gate.Lets_a_start_through_that_is_part_of_another");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Decision_9_requirement_that_is_not_met_skips_with_its_reason(string version)
    {
        IReport report = await ReportAsync(version);

        foreach (string test in (string[])["BuiltInTests.Skipped", "FixtureCannotRunHere.Qemu_fact"])
        {
            ReportedResult result = report["Scenarios." + test];
            Assert.Equal("Skip", result.Outcome);
            Assert.Contains("needs qemu-system-nowhere: ", result.Text, StringComparison.Ordinal);
        }

        // xUnit.net v2 cannot skip a plain fact that runs already: it fails, with the same reason.
        ReportedResult plain = report["Scenarios.FixtureCannotRunHere.Plain_fact"];
        Assert.Equal(version == "v2" ? "Fail" : "Skip", plain.Outcome);
        Assert.Contains("needs qemu-system-nowhere: ", plain.Text, StringComparison.Ordinal);
    }

    private static ReportedResult AssertFailed(IReport report, string test)
    {
        ReportedResult result = report["Scenarios." + test];
        Assert.Equal("Fail", result.Outcome);
        return result;
    }

    private static ReportedResult AssertPassed(IReport report, string test)
    {
        ReportedResult result = report["Scenarios." + test];
        Assert.True(result.Outcome == "Pass", result.Text);
        return result;
    }

    private async Task<IReport> ReportAsync(string version)
    {
        RunnerRun run = version switch { "v2" => v2, "v3" => v3, _ => next };
        return (await run.Reports).Report(ReportFormats.Trx);
    }
}
