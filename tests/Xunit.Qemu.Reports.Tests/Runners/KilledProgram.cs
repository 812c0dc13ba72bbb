namespace Tests.Runners;

/// <summary>Runs a test program and kills it, as a CI that loses patience does.</summary>
internal static class KilledProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Kills it once a file somewhere below the artefacts holds a text.</summary>
    public static async Task RunAsync(string name, string method, string artifacts, string file, string text)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("qemu-killed-run-");
        try
        {
            using RunningProgram program = new TestProgram(name).Start(
                directory,
                ["-method", method],
                new Dictionary<string, string> { ["XUNIT_QEMU_ARTIFACTS"] = artifacts, ["SCENARIO_HANGS"] = "yes" });
            using var limit = new CancellationTokenSource(s_limit);
            while (!Holds(artifacts, file, text))
                await Task.Delay(20, limit.Token);
            program.Kill();
            await program.EndAsync();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static bool Holds(string directory, string file, string text) =>
        Directory.Exists(directory)
        && Directory.EnumerateFiles(directory, file, SearchOption.AllDirectories).Any(path => File.ReadAllText(path).Contains(text, StringComparison.Ordinal));
}
