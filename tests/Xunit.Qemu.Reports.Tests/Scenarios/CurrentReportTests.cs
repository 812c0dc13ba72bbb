namespace Tests.Scenarios;

public sealed class CurrentReportTests(CurrentRun run) : ReportTests(run), IClassFixture<CurrentRun>;
