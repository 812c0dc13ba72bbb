using Tests.Formats;

namespace Tests.Runners;

/// <summary>One run of all scenarios with one runner, for all the tests that read its reports; it is made when the first asks for it.</summary>
public abstract class RunnerRun : IAsyncDisposable
{
    private readonly Lazy<Task<TestRunReports>> _reports;

    private protected RunnerRun(string name, IReadOnlyList<string> formats, Func<Task<TestRunReports>> run)
    {
        (Name, Formats) = (name, formats);
        _reports = new Lazy<Task<TestRunReports>>(run);
    }

    /// <summary>As docs/reports.md has it.</summary>
    public string Name { get; }

    /// <summary>What it writes, of the <see cref="ReportFormats"/>.</summary>
    public IReadOnlyList<string> Formats { get; }

    /// <summary>Whether the scenarios are those of xUnit.net v2.</summary>
    public bool IsV2 { get; private protected init; }

    /// <summary>Whether a report has the output of its tests. VSTest's page has not: of a failed test it shows the message and the stack trace.</summary>
    public bool ShowsOutput(string format) => format != ReportFormats.Html || Formats.Contains(ReportFormats.XunitXml, StringComparer.Ordinal);

    internal static IReadOnlyList<string> XunitFormats { get; } = [ReportFormats.XunitXml, ReportFormats.Trx, ReportFormats.Ctrf, ReportFormats.JUnit, ReportFormats.Html];

    internal static IReadOnlyList<string> VSTestFormats { get; } = [ReportFormats.Trx, ReportFormats.Html];

    internal Task<TestRunReports> Reports => _reports.Value;

    public async ValueTask DisposeAsync()
    {
        if (_reports.IsValueCreated)
            (await _reports.Value).Dispose();
    }
}
