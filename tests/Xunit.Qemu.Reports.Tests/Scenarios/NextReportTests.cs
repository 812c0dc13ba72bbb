using Tests.Runners;

namespace Tests.Scenarios;

public sealed class NextReportTests(NextRun run) : ReportTests(run);
