namespace Tests.Xunit.Qemu.V3.Scenarios;

public sealed class NextReportTests(NextRun run) : ReportTests(run), IClassFixture<NextRun>;
