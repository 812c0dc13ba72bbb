using System.Globalization;

namespace Qemu.Testing;

/// <summary>The memory that this process may use, in bytes: the host's, or less where a control group says so (cgroup v1 and v2, each level up to the root).</summary>
/// <param name="Total">All there is.</param>
/// <param name="Available">What is free, caches counted as free.</param>
internal readonly record struct HostMemory(long Total, long Available)
{
    /// <summary>What it is now. Where nothing can be read nothing is bounded.</summary>
    /// <param name="root">Where the file system with <c>/proc</c> and <c>/sys</c> begins.</param>
    public static HostMemory Read(string root = "/")
    {
        var memory = new HostMemory(long.MaxValue, long.MaxValue);
        string[] information = Lines(Path.Combine(root, "proc/meminfo"));
        if (KibibytesOf(information, "MemTotal:") is { } total)
            memory = new HostMemory(total, KibibytesOf(information, "MemAvailable:") ?? total);
        foreach (string line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            if (parts[1].Length == 0)
                memory = memory.WithGroups(Path.Combine(root, "sys/fs/cgroup"), parts[2], "memory.max", "memory.current", "inactive_file ");
            else if (parts[1].Split(',').Contains("memory"))
                memory = memory.WithGroups(Path.Combine(root, "sys/fs/cgroup/memory"), parts[2], "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ");
        }

        return memory;
    }

    private HostMemory WithGroups(string mount, string group, string limitFile, string usageFile, string cacheField)
    {
        HostMemory memory = this;

        // In a container the group's path may be the host's, and the mount shows the group as its root.
        string[] names = group.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int depth = names.Length; depth >= 0; depth--)
        {
            string directory = Path.Combine([mount, .. names[..depth]]);
            if (NumberIn(Path.Combine(directory, limitFile)) is not { } limit)
                continue;
            long usage = NumberIn(Path.Combine(directory, usageFile)) ?? 0;
            long cache = NumberAfter(Lines(Path.Combine(directory, "memory.stat")), cacheField) ?? 0;
            memory = new HostMemory(Math.Min(memory.Total, limit), Math.Min(memory.Available, Math.Max(0, limit - usage + cache)));
        }

        return memory;
    }

    private static long? KibibytesOf(string[] lines, string field) => NumberAfter(lines, field) * 1024;

    private static long? NumberAfter(string[] lines, string field) =>
        Array.Find(lines, line => line.StartsWith(field, StringComparison.Ordinal)) is { } line
            ? Number(line[field.Length..].TrimStart().Split(' ')[0])
            : null;

    /// <summary>Null for <c>max</c>, and for cgroup v1's way to say it: a number near 2^63.</summary>
    private static long? NumberIn(string file) => Lines(file) is [var line, ..] && Number(line) is { } number and < long.MaxValue / 2 ? number : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // another kind of host, or a sandbox: nothing is known
        }
    }
}
