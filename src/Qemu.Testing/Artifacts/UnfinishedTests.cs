using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Qemu.Testing;

/// <summary>What tests of earlier runs left that never came to their end: kept until the same test ends.</summary>
internal static class UnfinishedTests
{
    private static readonly ConcurrentDictionary<string, string[]> s_earlier = new(StringComparer.Ordinal);

    /// <summary>The directories of all that never ended; their processes are gone.</summary>
    public static IEnumerable<string> In(string runningRoot) =>
        Directories(runningRoot).Where(IsOrphaned);

    /// <summary>Removes what earlier runs of a test left. The folder is read once in a process.</summary>
    public static void RemoveEarlier(TestIdentity test, QemuTestSettings settings)
    {
        string[] earlier = s_earlier.GetOrAdd(ArtifactTree.RunningRootOf(settings), static root => [.. In(root)]);
        if (earlier.Length == 0)
            return;
        string name = ArtifactTree.RunningNameOf(test) + "-";
        foreach (string directory in earlier.Where(directory => Path.GetFileName(directory).StartsWith(name, StringComparison.Ordinal)))
            ArtifactBundle.Remove(directory);
    }

    private static string[] Directories(string runningRoot)
    {
        try
        {
            return Directory.GetDirectories(runningRoot);
        }
        catch (DirectoryNotFoundException)
        {
            return []; // a process that ends removes it when it is empty
        }
    }

    private static bool IsOrphaned(string directory) => Path.GetFileName(directory).Split('-') is [.., var process, _] && IsGone(process);

    /// <summary>Whether a process with this number, which is not this one, has ended.</summary>
    internal static bool IsGone(string number)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int process) || process == Environment.ProcessId)
            return false;
        try
        {
            using Process running = Process.GetProcessById(process);
            return running.HasExited;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
