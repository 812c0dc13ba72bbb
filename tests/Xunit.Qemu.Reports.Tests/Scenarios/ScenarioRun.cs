using Tests.Reports;

namespace Tests.Scenarios;

/// <summary>One run of all scenarios, for the tests that read its reports.</summary>
public abstract class ScenarioRun(string program) : IAsyncLifetime
{
    internal TestRunReports Reports { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Reports = await new TestProgram(program).RunAsync([]);

    public ValueTask DisposeAsync()
    {
        Reports.Dispose();
        return ValueTask.CompletedTask;
    }
}
