using System.Globalization;

namespace Tests.Reliability;

/// <summary>A control group with little memory, of version 1 or 2. Skips the test where none may be made.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _directory;

    public MemoryGroup(int megabytes)
    {
        bool first = File.Exists("/sys/fs/cgroup/memory/memory.limit_in_bytes");
        _directory = (first ? "/sys/fs/cgroup/memory/" : "/sys/fs/cgroup/") + "reliability-" + Guid.NewGuid().ToString("N");
        try
        {
            Directory.CreateDirectory(_directory);
            Write(first ? "memory.limit_in_bytes" : "memory.max", (megabytes * 1024L * 1024).ToString(CultureInfo.InvariantCulture));
            if (File.Exists(Path.Combine(_directory, "memory.swap.max")))
                Write("memory.swap.max", "0");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Dispose();
            Assert.Skip($"needs the right to make a control group: {error.Message}");
        }
    }

    /// <summary>For <c>sh -c</c>: becomes its arguments, within the group.</summary>
    public string JoinScript => $"echo $$ >{_directory}/cgroup.procs && exec \"$@\"";

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory);
    }

    private void Write(string file, string value) => File.WriteAllText(Path.Combine(_directory, file), value);
}
