namespace Qemu.Machine;

/// <summary>Finds a program the way a shell does, and says why not.</summary>
internal static class ExecutableLookup
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of a program; null, and the reason, when there is none that can be run.</summary>
    public static string? Find(string nameOrPath, string? firstDirectory, out string? problem)
    {
        problem = null;
        if (nameOrPath.Contains('/', StringComparison.Ordinal))
            return Check(Path.GetFullPath(nameOrPath), ref problem) ? Path.GetFullPath(nameOrPath) : null;

        string? notExecutable = null;
        foreach (string directory in SearchPath(firstDirectory))
        {
            string candidate = Path.Combine(directory, nameOrPath);
            if (!File.Exists(candidate))
                continue;
            if (Check(candidate, ref problem))
                return candidate;
            notExecutable ??= problem;
        }

        problem = notExecutable ?? $"there is no '{nameOrPath}' on PATH.";
        return null;
    }

    private static IEnumerable<string> SearchPath(string? firstDirectory)
    {
        if (firstDirectory is not null)
            yield return firstDirectory;
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return directory;
    }

    private static bool Check(string path, ref string? problem)
    {
        if (!File.Exists(path))
            problem = Directory.Exists(path) ? $"'{path}' is a directory." : $"there is no file '{path}'.";
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & AnyExecute) == UnixFileMode.None)
            problem = $"'{path}' is not executable.";
        else
            return true;
        return false;
    }
}
