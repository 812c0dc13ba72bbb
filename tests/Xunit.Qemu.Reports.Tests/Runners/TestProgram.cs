using System.Reflection;

namespace Tests.Runners;

/// <summary>A test program of its own, run as a CI would, with all reports that the runner can write.</summary>
internal sealed class TestProgram
{
    private readonly string _path;

    public TestProgram(string name) => _path = PathOf(name);

    /// <summary>Where the build put it; without its extension.</summary>
    public static string PathOf(string name) => typeof(TestProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == name).Value!;

    /// <summary>With xUnit.net's own console runner, which is in the program.</summary>
    public Task<TestRunReports> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null) => RunAsync(
        _path,
        _ => [.. arguments, "-noColor", "-xml", "report.xml", "-trx", "report.trx", "-ctrf", "report.ctrf.json", "-jUnit", "report.junit.xml", "-html", "report.html"],
        environment);

    /// <summary>With <c>dotnet test</c> and VSTest.</summary>
    public Task<TestRunReports> RunVSTestAsync(IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<string> arguments) => RunAsync(
        "dotnet",
        directory => ["test", _path + ".dll", "--results-directory", directory, "--logger", "trx;LogFileName=report.trx", "--logger", "html;LogFileName=report.html", .. arguments],
        environment);

    /// <summary>With <c>dotnet test</c> and Microsoft.Testing.Platform, which a global.json chooses.</summary>
    public Task<TestRunReports> RunPlatformAsync() => RunAsync(
        "dotnet",
        directory =>
        {
            File.WriteAllText(Path.Combine(directory, "global.json"), """{ "test": { "runner": "Microsoft.Testing.Platform" } }""");
            return
            [
                "test", "--root-directory", Path.GetDirectoryName(_path)!, "--test-modules", Path.GetFileName(_path) + ".dll", "--results-directory", directory,
                "--report-xunit", "--report-xunit-filename", "report.xml", "--report-xunit-trx", "--report-xunit-trx-filename", "report.trx",
                "--report-ctrf", "--report-ctrf-filename", "report.ctrf.json", "--report-junit", "--report-junit-filename", "report.junit.xml",
                "--report-xunit-html", "--report-xunit-html-filename", "report.html",
            ];
        },
        environment: null);

    /// <summary>Starts it with xUnit.net's own console runner in a directory, and lets it run beside the caller.</summary>
    public RunningProgram Start(DirectoryInfo directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(RunnerProcess.Prepare(_path, arguments, directory, environment));

    private static async Task<TestRunReports> RunAsync(string program, Func<string, IEnumerable<string>> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("qemu-reports-");
        string console = await RunnerProcess.RunAsync(program, arguments(directory.FullName), directory, environment);
        Assert.True(File.Exists(Path.Combine(directory.FullName, "report.trx")), console);
        return new TestRunReports(directory, console);
    }
}
