using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>Who watches a run sees what it waits for while it waits, fixtures' work included.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("qemu-progress-");

    public void Dispose() => _cache.Delete(recursive: true);

    [Theory]
    [InlineData("Scenarios.V3", false)]
    [InlineData("Scenarios.V3Next", false)]
    [InlineData("Scenarios.V3", true)]
    [InlineData("Scenarios.V2", true)]
    public async Task Long_work_is_told_of_in_the_runners_output(string program, bool vstest)
    {
        var environment = new Dictionary<string, string> { ["SCENARIO_LONG_WORK"] = "yes", ["XUNIT_QEMU_CACHE"] = _cache.FullName };
        var tests = new TestProgram(program);
        using TestRunReports reports = vstest
            ? await tests.RunVSTestAsync(environment, "--filter", "FullyQualifiedName~LongWork", "--", "xUnit.DiagnosticMessages=true")
            : await tests.RunAsync(["-class", "Scenarios.LongWork*", "-diagnostics"], environment);

        const string condition = """waiting for "TESTROM READY\\n" on console 0, then its homework""";
        Assert.Matches($"Starting machine SlowVm[-0-9]*: [0-9]+ s so far, {condition}", reports.Console);
        Assert.Matches("Starting machine SlowVm[-0-9]*: [0-9]+ s in all", reports.Console);
        Assert.Matches($"Building the template of machine SlowTemplateVm[-0-9]*: [0-9]+ s so far, {condition}", reports.Console);
        Assert.DoesNotContain("Starting machine SlowTemplateVm", reports.Console, StringComparison.Ordinal);
    }
}
