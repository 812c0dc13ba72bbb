using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Kills at any moment: while machines are being launched, run and ended, on a host that is busy with other things.</summary>
public sealed class RandomKillTests
{
    private const int LongestLife = 600;

    [Fact]
    public async Task Nothing_outlives_an_owner_that_is_killed_at_any_moment()
    {
        int kills = Soak.Count(sample: 20, full: 1000);
        Random random = Soak.Random();
        using var root = new TestDirectory();
        using var load = new HostLoad(processes: 2);
        var times = new List<TimeSpan>();
        for (int i = 0; i < kills; i++)
        {
            using DyingHostProcess host = DyingHostProcess.Start(root.Path, "churn", "wait");
            await host.ReadyAsync();
            await Task.Delay(random.Next(LongestLife), TestContext.Current.CancellationToken);

            host.Kill();
            host.WaitForExit();

            times.Add(await host.Family.WaitUntilGoneAsync());
        }

        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{kills} kills; all gone after {times[kills / 2].TotalMilliseconds:0} ms (median), {times[^1].TotalMilliseconds:0} ms (longest)");
        await using (QemuMachine next = Machines.Rom(root.Path).Build())
            await next.LaunchAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(root.Entries, directory => !IsEmpty(directory));
    }

    /// <summary>The same while templates are built and cloned; what a builder left goes when the cache is trimmed.</summary>
    [Fact]
    public async Task Nothing_outlives_a_builder_of_templates_that_is_killed_at_any_moment()
    {
        int kills = Soak.Count(sample: 10, full: 300);
        Random random = Soak.Random();
        using var root = new TestDirectory();
        using var cache = new TestDirectory();
        using var load = new HostLoad(processes: 2);
        for (int i = 0; i < kills; i++)
        {
            using DyingHostProcess host = DyingHostProcess.Start(DyingHostProcess.Program, [TestRom.Path, cache.Path, "templates", root.Path]);
            await host.ReadyAsync();
            await Task.Delay(random.Next(2 * LongestLife), TestContext.Current.CancellationToken);

            host.Kill();
            host.WaitForExit();

            await host.Family.WaitUntilGoneAsync();
        }

        var templates = new TemplateCache(new QemuSettings { CacheDirectory = cache.Path });
        TestContext.Current.TestOutputHelper!.WriteLine($"{kills} kills; {templates.List().Count} templates were complete");
        templates.Clear();
        await using (QemuMachine next = Machines.Rom(root.Path).Build())
            await next.LaunchAsync(TestContext.Current.CancellationToken);
        Assert.Empty(templates.List());
        Assert.Empty(Directory.GetDirectories(templates.Directory, "*partial*"));
        Assert.DoesNotContain(root.Entries, static directory => !IsEmpty(directory));
    }

    // A kill between making a directory and its lock file leaves it empty; it is swept once it is a minute old.
    private static bool IsEmpty(string directory) => !Directory.EnumerateFileSystemEntries(directory).Any();
}
