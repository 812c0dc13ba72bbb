using System.Diagnostics;
using System.Reflection;

namespace Tests.Reports;

/// <summary>Runs a test program of its own, as a CI would, and reads its reports.</summary>
internal sealed class TestProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly string _path;

    public TestProgram(string name) => _path = typeof(TestProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == name).Value!;

    /// <summary>Runs it with all reports it can write, in a directory of its own.</summary>
    public async Task<TestRunReports> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("qemu-reports-");
        using Process process = Process.Start(Prepare(directory.FullName, arguments, environment))!;
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            string console = await output + await errors;
            Assert.True(File.Exists(Path.Combine(directory.FullName, "report.trx")), console);
            return new TestRunReports(directory, console);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts it in a directory, and lets it run beside the caller.</summary>
    public RunningProgram Start(string directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(Prepare(directory, arguments, environment));

    private ProcessStartInfo Prepare(string directory, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(_path, [.. arguments, "-noColor", "-xml", "report.xml", "-trx", "report.trx"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("XUNIT_QEMU_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["XDG_RUNTIME_DIR"] = directory; // other programs' machines are none of its business
        start.Environment["XUNIT_QEMU_ARTIFACTS"] = Path.Combine(directory, "artifacts");
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
