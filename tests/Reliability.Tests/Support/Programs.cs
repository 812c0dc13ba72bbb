namespace Tests.Reliability;

/// <summary>What is on PATH.</summary>
internal static class Programs
{
    public static bool Exists(string name) => Find(name) is not null;

    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);
}
