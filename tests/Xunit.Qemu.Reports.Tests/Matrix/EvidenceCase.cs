namespace Tests.Matrix;

/// <summary>One way for a test to end, and what a report must have of it.</summary>
/// <param name="Name">As docs/reports.md has it.</param>
/// <param name="Test">The scenario.</param>
/// <param name="Outcome"><c>Pass</c>, <c>Fail</c> or <c>Skip</c>.</param>
/// <param name="Message">Must be said of it; empty for a test that passes.</param>
/// <param name="Console">What its machine printed or QEMU wrote, and must be there; null where nothing of a machine may be there.</param>
/// <param name="Attachment">The attachment that has it; null where xUnit.net v3 gives nobody the chance to attach something.</param>
internal sealed record EvidenceCase(string Name, string Test, string Outcome, string Message, string? Console, string? Attachment)
{
    public static IReadOnlyList<EvidenceCase> All { get; } =
    [
        new("passes", "SharedMachine.Passes", "Pass", "", null, null),
        new("fails", "OwnMachines.Fails", "Fail", "on purpose", "own machine", "RomVm-console"),
        new("row of a theory fails", "SharedMachine.Fails_for_each_row(text: \"first row\")", "Fail", "on purpose", "row of 9", "RomVm-console"),
        new("constructor throws", "ConstructorThrows.Qemu_fact", "Fail", "thrown by the constructor", "in the constructor", null),
        new("`InitializeAsync` throws", "InitializeThrows.Qemu_fact", "Fail", "what never comes", "while the class is initialised", null),
        new("fixture's machine does not launch", "FixtureLaunchFails.Qemu_fact", "Fail", "did not launch", "'nonsense' is not a valid device model name", "UnlaunchableVm-qemu"),
        new("time-out", "TimeOuts.Times_out", "Fail", "timed out after 8000", "before the time-out", "RomVm-console"),
        new("skipped by its attribute", "BuiltInTests.Skipped", "Skip", "needs qemu-system-nowhere: ", null, null),
        new("skipped by its fixture", "FixtureCannotRunHere.Qemu_fact", "Skip", "needs qemu-system-nowhere: ", null, null),
        new("guest panics", "Panics.Waits_for_the_machine", "Fail", "panicked: Kernel panic - not syncing: test", "end Kernel panic", "RomVm-console"),
        new("hostile console", "SharedMachine.Fails_with_hostile_output", "Fail", "on purpose", "<!-- & after", "RomVm-console"),
        new("console of 50 MB", "Flooded.Fails_after_50_megabytes", "Fail", "on purpose", "flood over", "flood-console"),
    ];
}
