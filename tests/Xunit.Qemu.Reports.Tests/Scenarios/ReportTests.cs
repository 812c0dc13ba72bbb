using Tests.Formats;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>What must be in the reports, whatever xUnit.net wrote them.</summary>
public abstract class ReportTests(RunnerRun run) : IAsyncLifetime
{
    private TestRunReports Reports { get; set; } = null!;

    public async ValueTask InitializeAsync() => Reports = await run.Reports;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("SharedMachine.Passes")]
    [InlineData("SharedMachine.Plain_fact_uses_the_machine")]
    [InlineData("OwnMachines.Passes")]
    [InlineData("BuiltInTests.Forgets_its_machine")]
    [InlineData("CollectionTests.Passes")]
    [InlineData("AssemblyTests.Passes")]
    [InlineData("PanicsOnPurpose.Provokes_it")]
    [InlineData("RepairTests.Breaks_its_machine(round: 1)")]
    [InlineData("RepairTests.Breaks_its_machine(round: 2)")]
    public void Passing_test_has_no_evidence(string name)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Pass", test.Result);
        Assert.Empty(test.Attachments);
        Assert.Empty(test.Output);
    }

    [Theory]
    [InlineData("ResetTests.First")]
    [InlineData("ResetTests.Second")]
    public void Passing_test_on_a_machine_that_was_reset_says_at_most_how(string name)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Pass", test.Result);
        Assert.Empty(test.Attachments);
        Assert.DoesNotContain("Evidence: ", test.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SharedMachine.Fails", "only in the failing test")]
    [InlineData("SharedMachine.Fails_for_each_row(text: \"first row\")", "row of 9")]
    [InlineData("TimeOuts.Times_out", "before the time-out")]
    [InlineData("TimeOuts.Times_out_without_listening", "before the deaf time-out")]
    [InlineData("OwnMachines.Fails", "own machine")]
    [InlineData("OwnMachines.Plain_fact_fails", "own plain machine")]
    [InlineData("CollectionTests.Fails", "in the collection")]
    [InlineData("AssemblyTests.Fails", "in the assembly")]
    public void Failing_test_shows_its_part_of_the_console(string name, string text)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Fail", test.Result);
        string console = Assert.Single(test.Attachments, attachment => attachment.Key.EndsWith("Vm-console", StringComparison.Ordinal)).Value;
        Assert.Contains(text + "\n", console, StringComparison.Ordinal);
        Assert.DoesNotContain("only in the passing test", console, StringComparison.Ordinal);
        Assert.Contains("  " + text, test.Output, StringComparison.Ordinal);
        Assert.Contains("qemu-system-x86_64 -display none", test.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FixtureLaunchFails.Qemu_fact")]
    [InlineData("FixtureLaunchFails.Qemu_fact_that_does_not_look")]
    [InlineData("FixtureLaunchFails.Plain_fact")]
    [InlineData("FixtureLaunchFailsInConstructor.Qemu_fact")]
    [InlineData("OwnMachineLaunchFails.Qemu_fact")]
    [InlineData("OwnMachineLaunchFails.Qemu_fact_that_does_not_look")]
    [InlineData("OwnMachineLaunchFails.Plain_fact")]
    public void Failed_launch_is_shown_by_every_test_that_uses_the_machine(string name)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Fail", test.Result);
        Assert.Contains("'nonsense' is not a valid device model name", test.Message, StringComparison.Ordinal);
        Assert.Contains("'nonsense' is not a valid device model name", test.Attachments["UnlaunchableVm-qemu"], StringComparison.Ordinal);
        Assert.Contains("-device nonsense", test.Attachments["UnlaunchableVm-machine"], StringComparison.Ordinal);
        Assert.Contains("'nonsense' is not a valid device model name", test.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Panics.Waits_for_the_machine")]
    [InlineData("Panics.Swallows_it")]
    [InlineData("Panics.Waits_for_something_else")]
    [InlineData("Panics.Waits_for_something_else_under_a_time_out")]
    [InlineData("PanicsOfOwnMachines.Plain_fact_swallows_it")]
    public void Panic_ends_the_test_with_its_title(string name)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Fail", test.Result);
        Assert.Contains("Kernel panic - not syncing: test", test.Message, StringComparison.Ordinal);
        Assert.Contains("Kernel panic - not syncing: test", test.Attachments["RomVm-console"], StringComparison.Ordinal);
        Assert.Contains("its guest panicked: ", test.Attachments["RomVm-machine"], StringComparison.Ordinal);
    }

    [Fact]
    public void Machine_that_never_gets_ready_shows_what_it_printed() =>
        Assert.Equal("TESTROM READY\n", Reports["FixtureIsNeverReady.Qemu_fact"].Attachments["NeverReadyVm-console"]);

    [Fact]
    public void Machine_disposed_of_in_the_test_still_shows_its_console() =>
        Assert.Equal("TESTROM READY\n", Reports["BuiltInTests.Fails_after_disposal"].Attachments["qemu-console"]);

    [Fact]
    public void Test_that_does_not_use_the_machine_of_its_collection_shows_none_of_it()
    {
        ReportedTest test = Reports["CollectionTestsThatDoNotLook.Fails_without_evidence"];

        Assert.Equal("Fail", test.Result);
        Assert.Empty(test.Attachments);
    }

    [Fact]
    public void Constructor_that_throws_is_reported_as_it_is()
    {
        ReportedTest test = Reports["ConstructorThrows.Qemu_fact"];

        Assert.Equal("Fail", test.Result);
        Assert.Contains("thrown by the constructor", test.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_output_is_shown_and_breaks_no_report()
    {
        ReportedTest test = Reports["SharedMachine.Fails_with_hostile_output"];

        Assert.Contains("red", test.Attachments["RomVm-console"], StringComparison.Ordinal);
        Assert.Contains("<!-- & after", test.Attachments["RomVm-console"], StringComparison.Ordinal);
        Assert.Contains("<!-- & after", test.Output, StringComparison.Ordinal);
        Assert.Contains("<!-- & after", Reports.Trx("SharedMachine.Fails_with_hostile_output").Output, StringComparison.Ordinal);
        Assert.Contains("red", Reports["SharedMachine.Fails_with_a_hostile_message"].Message, StringComparison.Ordinal);
        Assert.Contains("\u001b[31mred\u001b[0m\0", Reports.Artifact("Fails_with_hostile_output/console.log"), StringComparison.Ordinal);
    }

    [Fact]
    public void Trx_carries_the_attachments_too()
    {
        (string output, IReadOnlyList<string> files) = Reports.Trx("SharedMachine.Fails");

        Assert.Contains(files, file => file.Contains("RomVm-console", StringComparison.Ordinal));
        Assert.Contains("  only in the failing test", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Artefact_directory_has_all_of_it()
    {
        Assert.Equal("only in the failing test\r\n", Reports.Artifact("Scenarios.SharedMachine/Fails/console.log"));
        Assert.Contains("-bios", Reports.Artifact("Scenarios.SharedMachine/Fails/command.sh"), StringComparison.Ordinal);
        Assert.Contains("nonsense", Reports.Artifact("Scenarios.FixtureLaunchFails/Plain_fact/qemu.log"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(Reports.Artifacts, "*", SearchOption.AllDirectories), path => path.EndsWith("/Passes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BuiltInTests.Skipped")]
    [InlineData("FixtureCannotRunHere.Qemu_fact")]
    [InlineData("FixtureCannotRunHere.Plain_fact")]
    public void Test_that_cannot_run_here_is_skipped_with_the_reason(string name)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Skip", test.Result);
        Assert.StartsWith("needs qemu-system-nowhere: ", test.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Requirements.Device", "needs device isa-debug-exti: ", "isa-debug-exit")]
    [InlineData("Requirements.MachineType", "needs machine type pc98: ", "pc")]
    [InlineData("Requirements.Version", "needs QEMU 99.0: ", "is version")]
    [InlineData("Requirements.Accelerator", "needs accelerator no-such-accelerator: ", "tcg")]
    [InlineData("Requirements.Machine_of_the_fixture", "needs a machine with intel-hda: ", "it has none")]
    public void Requirement_that_is_not_met_skips_with_a_reason(string name, string start, string detail)
    {
        ReportedTest test = Reports[name];

        Assert.Equal("Skip", test.Result);
        Assert.StartsWith(start, test.Reason, StringComparison.Ordinal);
        Assert.Contains(detail, test.Reason[start.Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void Requirements_that_are_met_let_the_test_run() => Assert.Equal("Pass", Reports["Requirements.Met"].Result);

    [Fact]
    public void Forgotten_machine_is_a_warning() =>
        Assert.Contains("was still running when the test ended", Assert.Single(Reports["BuiltInTests.Forgets_its_machine"].Warnings), StringComparison.Ordinal);

    [Fact]
    public void Failed_assertion_counts_as_one() => Assert.Contains("cause: Assertion", Reports["FailureCauses.Assertion"].Output, StringComparison.Ordinal);

    [Fact]
    public void Tests_know_their_source_and_their_category()
    {
        ReportedTest test = Reports["SharedMachine.Fails"];

        Assert.EndsWith("SharedMachine.cs", test.SourceFile, StringComparison.Ordinal);
        Assert.InRange(test.SourceLine!.Value, 1, 100);
        Assert.Contains("Category=Qemu", test.Traits);
    }
}
