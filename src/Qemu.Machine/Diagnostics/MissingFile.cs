namespace Qemu.Machine;

/// <summary>Advice about a file that is not there.</summary>
internal static class MissingFile
{
    /// <summary>A directory with more entries than this is not searched.</summary>
    private const int MaximumEntries = 2000;

    public static string Advice(string path)
    {
        string full = Path.GetFullPath(path);
        string directory = Path.GetDirectoryName(full) ?? "/";
        if (!Directory.Exists(directory))
            return $"Not even the directory '{directory}' is there: correct the path, or make the file.{Relative(path)}";
        try
        {
            IEnumerable<string> names = Directory.EnumerateFiles(directory).Take(MaximumEntries).Select(file => Path.GetFileName(file));
            if (NearestName.Find(Path.GetFileName(full), names) is { } nearest)
                return $"Did you mean '{Path.Combine(directory, nearest)}'?";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A directory that cannot be listed has no advice to give.
        }

        return "Correct the path, or make the file." + Relative(path);
    }

    private static string Relative(string path) =>
        Path.IsPathRooted(path) ? "" : $" A relative path starts at {Directory.GetCurrentDirectory()}: in tests, use one from AppContext.BaseDirectory.";
}
