using System.Diagnostics;

namespace Tests.Runners;

/// <summary>A runner's process, in a directory of its own and with an environment that nothing leaks into.</summary>
internal static class RunnerProcess
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8);

    /// <summary>What the run that this test is part of has set for itself.</summary>
    private static readonly string[] s_foreign = ["XUNIT_QEMU_", "SCENARIOS_", "VSTEST_", "MSBUILD", "DOTNET_CLI_", "TESTINGPLATFORM_"];

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, DirectoryInfo directory, IReadOnlyDictionary<string, string>? environment)
    {
        using Process process = Process.Start(Prepare(program, arguments, directory, environment))!;
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return await output + await errors;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>How to start one.</summary>
    public static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments, DirectoryInfo directory, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => Array.Exists(s_foreign, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(name);
        start.Environment["XUNIT_QEMU_ARTIFACTS"] = Path.Combine(directory.FullName, "artifacts");
        start.Environment["XDG_RUNTIME_DIR"] = directory.FullName; // other programs' machines are none of its business
        start.Environment["TMPDIR"] = directory.CreateSubdirectory("tmp").FullName; // xUnit.net's own reports leave the attachments in there
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }
}
