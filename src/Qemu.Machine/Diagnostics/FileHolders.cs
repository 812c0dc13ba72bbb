using System.Diagnostics;
using System.Globalization;

namespace Qemu.Machine;

/// <summary>Finds who has a file open, among the processes that this user may look into.</summary>
internal static class FileHolders
{
    /// <summary>A host with thousands of processes is not searched to the end: the diagnosis must come at once.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(50);

    /// <summary>The first process found, in words; null when none was.</summary>
    public static string? Find(string path)
    {
        long start = Stopwatch.GetTimestamp();
        string target = Path.GetFullPath(path);
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (Stopwatch.GetElapsedTime(start) > s_limit)
                return null;
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id != Environment.ProcessId && HasOpen(process, target))
                return $"process {id} ({ProcessSnapshot.Take(id)?.Name ?? "gone by now"})";
        }

        return null;
    }

    private static bool HasOpen(string process, string target)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(link => new FileInfo(link).LinkTarget == target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // another user's, or gone meanwhile
        }
    }
}
