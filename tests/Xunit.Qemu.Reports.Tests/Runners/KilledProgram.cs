using System.Diagnostics;
using System.Reflection;

namespace Tests.Runners;

/// <summary>Runs a test program and kills it, as a CI that loses patience does.</summary>
internal static class KilledProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>Kills it once a file somewhere below the artefacts holds a text.</summary>
    public static async Task RunAsync(string name, string method, string artifacts, string file, string text)
    {
        string path = typeof(KilledProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;
        var start = new ProcessStartInfo(path, ["-method", method]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XUNIT_QEMU_ARTIFACTS"] = artifacts;
        start.Environment["SCENARIO_HANGS"] = "yes";
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            while (!Holds(artifacts, file, text))
                await Task.Delay(20, limit.Token);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static bool Holds(string directory, string file, string text) =>
        Directory.Exists(directory)
        && Directory.EnumerateFiles(directory, file, SearchOption.AllDirectories).Any(path => File.ReadAllText(path).Contains(text, StringComparison.Ordinal));
}
