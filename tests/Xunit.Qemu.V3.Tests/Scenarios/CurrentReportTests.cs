namespace Tests.Xunit.Qemu.V3.Scenarios;

public sealed class CurrentReportTests(CurrentRun run) : ReportTests(run), IClassFixture<CurrentRun>;
