using System.Collections.Concurrent;

namespace Qemu.Testing;

/// <summary>Where artefacts go: <c>artifacts/qemu</c> under the repository's root, and there a directory for each test.</summary>
internal static class ArtifactTree
{
    private static readonly ConcurrentDictionary<string, string> s_roots = new(StringComparer.Ordinal);

    /// <summary>The directory of one test; it need not exist.</summary>
    public static string PathOf(TestIdentity test, QemuTestSettings settings)
    {
        string root = settings.ArtifactsDirectory ?? s_roots.GetOrAdd(AppContext.BaseDirectory, FindRoot);
        string assembly = test.TargetFramework.Length == 0 ? test.AssemblyName : $"{test.AssemblyName}-{test.TargetFramework}";
        string method = ArtifactName.Segment(test.MethodName);
        string directory = Path.Combine(root, ArtifactName.Segment(assembly), ArtifactName.Segment(test.ClassName));
        return test.Row is null
            ? Path.Combine(directory, method)
            : Path.Combine(directory, ArtifactName.HashedSegment(test.MethodName + test.Row, test.UniqueId + test.Row));
    }

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
