using System.Diagnostics;
using System.Reflection;

namespace Benchmarks;

/// <summary>A test program of <c>Subjects/</c>, run as a whole process.</summary>
internal static class SubjectProgram
{
    /// <summary>Runs it; it must succeed.</summary>
    public static TimeSpan Run(string name, params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(Find(name), arguments) { RedirectStandardOutput = true })!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        return process.ExitCode == 0 ? time : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)} failed:\n{said}");
    }

    private static string Find(string name)
    {
        string configuration = typeof(SubjectProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        string path = Path.Combine("Subjects", name, "bin", configuration, "net10.0", name);
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, path)))
                return Path.Combine(directory.FullName, path);
        }

        throw new FileNotFoundException($"{path} is not above the program: run it from the repository.");
    }
}
