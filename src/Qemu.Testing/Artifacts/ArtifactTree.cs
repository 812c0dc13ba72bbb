using System.Collections.Concurrent;
using System.Globalization;

namespace Qemu.Testing;

/// <summary>Where artefacts go: <c>artifacts/qemu</c> under the repository's root, and there a directory for each test.</summary>
internal static class ArtifactTree
{
    private static readonly ConcurrentDictionary<string, string> s_roots = new(StringComparer.Ordinal);

    public const string RunningFolder = "running";

    private static int s_count;

    /// <summary>The directory that all artefacts are under.</summary>
    public static string RootOf(QemuTestSettings settings) => settings.ArtifactsDirectory ?? s_roots.GetOrAdd(AppContext.BaseDirectory, FindRoot);

    /// <summary>The directory of one test; it need not exist.</summary>
    public static string PathOf(TestIdentity test, QemuTestSettings settings)
    {
        string method = ArtifactName.Segment(test.MethodName);
        string directory = Path.Combine(RootOf(settings), ArtifactName.Segment(AssemblyOf(test)), ArtifactName.Segment(test.ClassName));
        return test.Row is null
            ? Path.Combine(directory, method)
            : Path.Combine(directory, ArtifactName.HashedSegment(test.MethodName + test.Row, test.UniqueId + test.Row));
    }

    /// <summary>Where a test writes while it runs: tests that pass then leave no directories of theirs, and those that never end are found in one place.</summary>
    public static string NewRunningPath(TestIdentity test, QemuTestSettings settings) => Path.Combine(
        RunningRootOf(settings),
        string.Create(CultureInfo.InvariantCulture, $"{RunningNameOf(test)}-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"));

    /// <summary>The folder of tests that run, or never came to their end.</summary>
    public static string RunningRootOf(QemuTestSettings settings) => Path.Combine(RootOf(settings), RunningFolder);

    /// <summary>What the running directories of one test are called in every process, before the process's number.</summary>
    public static string RunningNameOf(TestIdentity test) => ArtifactName.HashedSegment(
        $"{test.ClassName}.{test.MethodName}",
        $"{AssemblyOf(test)} {test.ClassName} {test.MethodName} {test.Row} {(test.Row is null ? "" : test.UniqueId)}");

    /// <summary>Assembly and framework: two builds of one assembly are two.</summary>
    public static string AssemblyOf(TestIdentity test) =>
        test.TargetFramework.Length == 0 ? test.AssemblyName : $"{test.AssemblyName}-{test.TargetFramework}";

    /// <summary>The nearest repository above the test assembly; without one the nearest solution, else the nearest project.</summary>
    internal static string FindRoot(string start)
    {
        string root = Nearest(start, static directory => Path.Exists(Path.Combine(directory, ".git")))
            ?? Nearest(start, static directory => Has(directory, "*.sln") || Has(directory, "*.slnx"))
            ?? Nearest(start, static directory => Has(directory, "*.*proj"))
            ?? start;
        return Path.Combine(root, "artifacts", "qemu");
    }

    private static string? Nearest(string start, Func<string, bool> isRoot)
    {
        for (DirectoryInfo? directory = new(start); directory is not null; directory = directory.Parent)
        {
            if (isRoot(directory.FullName))
                return directory.FullName;
        }

        return null;
    }

    private static bool Has(string directory, string pattern)
    {
        try
        {
            return Directory.EnumerateFiles(directory, pattern).Any();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // a directory above that may not be read is nobody's root
        }
    }
}
