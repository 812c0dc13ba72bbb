using System.Diagnostics;

namespace Tests.Packages;

/// <summary>A directory outside the repository whose NuGet knows the packages of the repository as they are, and nothing of it else.</summary>
internal sealed class Newcomer : IDisposable
{
    private static readonly TimeSpan s_hangGuard = TimeSpan.FromMinutes(8);

    private readonly string _hive;

    public Newcomer(string feed)
    {
        Home = Directory.CreateTempSubdirectory("qemu-newcomer-").FullName;
        _hive = Path.Combine(Home, ".hive");

        // What is not ours is taken from the host's own packages where they are, so that nothing is fetched twice.
        File.WriteAllText(Path.Combine(Home, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><add key="host" value="{HostPackages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Home { get; }

    private static string HostPackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Types a command; it must succeed.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> TypeAsync(string command)
    {
        // Installed templates stay out of the host's own list.
        string typed = command.StartsWith("dotnet new ", StringComparison.Ordinal) ? $"{command} --debug:custom-hive {_hive}" : command;
        return RunAsync("sh", ["-c", typed], Home, Path.Combine(Home, ".packages"));
    }

    /// <summary>Runs a program; it must succeed.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string directory, string? packages = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1" },
        };
        if (packages is not null)
            start.Environment["NUGET_PACKAGES"] = packages;
        using Process process = Process.Start(start)!;
        using var guard = new CancellationTokenSource(s_hangGuard);
        Task<string> output = process.StandardOutput.ReadToEndAsync(guard.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(guard.Token);
        try
        {
            await process.WaitForExitAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        string all = await output + await error;
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{all}");
        return all;
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
