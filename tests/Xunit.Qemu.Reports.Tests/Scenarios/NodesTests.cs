using System.Runtime.CompilerServices;
using Tests.Runners;

namespace Tests.Scenarios;

/// <summary>examples/ci/run-node spreads a suite over nodes.</summary>
public sealed class NodesTests
{
    [Fact]
    public async Task Each_class_runs_on_one_node()
    {
        string script = Path.Combine(Here(), "..", "..", "..", "examples", "ci", "run-node");
        var seen = new List<string>();
        string[] all = await ClassesAsync(["-c", $"'{TestProgram.PathOf("Scenarios.V3")}' -list classes -noLogo -noColor"]);
        for (int node = 1; node <= 3; node++)
        {
            // What it would run: the program is asked for the classes again, of those that were chosen.
            string[] chosen = await ClassesAsync([script, $"{node}", "3", TestProgram.PathOf("Scenarios.V3"), "-list", "classes", "-noLogo", "-noColor"]);
            Assert.InRange(chosen.Length, all.Length / 3, (all.Length / 3) + 1);
            seen.AddRange(chosen);
        }

        Assert.True(all.Length > 10);
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Node_without_a_class_is_done()
    {
        string script = Path.Combine(Here(), "..", "..", "..", "examples", "ci", "run-node");

        string[] lines = await ClassesAsync([script, "400", "400", TestProgram.PathOf("Scenarios.V3"), "-list", "classes", "-noLogo", "-noColor"]);

        Assert.Equal(["node 400 of 400: no class is left for it"], lines);
    }

    private static async Task<string[]> ClassesAsync(string[] arguments)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("qemu-nodes-");
        try
        {
            string text = await RunnerProcess.RunAsync("/bin/sh", arguments, directory, environment: null);
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
