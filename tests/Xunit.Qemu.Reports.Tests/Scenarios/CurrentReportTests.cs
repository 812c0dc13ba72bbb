using Tests.Runners;

namespace Tests.Scenarios;

public sealed class CurrentReportTests(ConsoleRun run) : ReportTests(run);
