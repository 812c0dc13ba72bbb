using Qemu.Testing;

namespace Tests.Qemu.Testing.Admission;

public sealed class HostMemoryTests : IDisposable
{
    private const long Gibibyte = 1L << 30;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("host-memory-");

    public HostMemoryTests() => Write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n");

    [Fact]
    public void Memory_is_the_hosts_where_no_group_bounds_it()
    {
        Assert.Equal(new HostMemory(16 * Gibibyte, 8 * Gibibyte), HostMemory.Read(_root.FullName));

        Write("proc/self/cgroup", "0::/user.slice\n");
        Write("sys/fs/cgroup/user.slice/memory.max", "max\n");
        Write("sys/fs/cgroup/user.slice/memory.current", "1000\n");

        Assert.Equal(new HostMemory(16 * Gibibyte, 8 * Gibibyte), HostMemory.Read(_root.FullName));
    }

    [Theory]
    [InlineData("/ci/job")]
    [InlineData("/ci/job/step")]
    public void Group_of_version_2_bounds_it_from_any_level_above(string group)
    {
        Write("proc/self/cgroup", $"0::{group}\n");
        Directory.CreateDirectory(Path.Combine(_root.FullName, "sys/fs/cgroup/ci/job/step"));
        Write("sys/fs/cgroup/ci/job/memory.max", $"{4 * Gibibyte}\n");
        Write("sys/fs/cgroup/ci/job/memory.current", $"{3 * Gibibyte}\n");
        Write("sys/fs/cgroup/ci/job/memory.stat", $"anon 1\ninactive_file {Gibibyte}\n");

        Assert.Equal(new HostMemory(4 * Gibibyte, 2 * Gibibyte), HostMemory.Read(_root.FullName));
    }

    [Fact]
    public void Group_of_version_1_bounds_it()
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", $"{2 * Gibibyte}\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", $"{Gibibyte}\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        Assert.Equal(new HostMemory(2 * Gibibyte, Gibibyte), HostMemory.Read(_root.FullName));
    }

    /// <summary>In a container the path is the host's, and the group is mounted as the root.</summary>
    [Fact]
    public void Group_that_is_mounted_as_the_root_bounds_it()
    {
        Write("proc/self/cgroup", "0::/docker/abc\n");
        Write("sys/fs/cgroup/memory.max", $"{Gibibyte}\n");
        Write("sys/fs/cgroup/memory.current", $"{2 * Gibibyte}\n");

        Assert.Equal(new HostMemory(Gibibyte, 0), HostMemory.Read(_root.FullName));
    }

    [Fact]
    public void Nothing_is_bounded_where_nothing_can_be_read() =>
        Assert.Equal(new HostMemory(long.MaxValue, long.MaxValue), HostMemory.Read("/nowhere"));

    [Fact]
    public void Budget_without_a_setting_is_three_quarters_of_the_host_at_most()
    {
        HostMemory host = HostMemory.Read();
        long budget = new HostBudget(1, Memory: null).MemoryBeside(taken: 0);

        Assert.InRange(budget, 1, host.Total / 4 * 3);
        Assert.Equal(5, new HostBudget(1, 5).MemoryBeside(taken: 3));
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
