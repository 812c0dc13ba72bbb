namespace Tests.Scenarios;

public sealed class NextReportTests(NextRun run) : ReportTests(run), IClassFixture<NextRun>;
