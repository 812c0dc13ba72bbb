using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>Links that somebody laid out in advance lead a machine nowhere.</summary>
public sealed class SymlinkTests
{
    private const string Precious = "precious";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Log_is_not_written_through_a_link(bool targetExists)
    {
        using var logs = new TestDirectory();
        using var other = new TestDirectory();
        string target = other["target"];
        if (targetExists)
            await File.WriteAllTextAsync(target, Precious, TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(logs["machine.log"], target);
        await using (QemuMachine machine = Machines.Rom().WithLogDirectory(logs.Path).WithName("machine").WithDevice("nonsense").Build())
            await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Equal(targetExists, File.Exists(target));
        if (targetExists)
            Assert.Equal(Precious, await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.Null(new FileInfo(logs["machine.log"]).LinkTarget);
        Assert.Contains("nonsense", await File.ReadAllTextAsync(logs["machine.log"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_follows_no_link()
    {
        using var root = new TestDirectory();
        using var other = new TestDirectory();
        string target = other["target"];
        MakeDead(target);
        await File.WriteAllTextAsync(Path.Combine(target, "file"), Precious, TestContext.Current.CancellationToken);
        string link = root["qemu-machine-0123456789ab"];
        File.CreateSymbolicLink(link, target);
        string dead = root["qemu-machine-ba9876543210"];
        MakeDead(dead);
        File.CreateSymbolicLink(Path.Combine(dead, "link"), target);

        await LaunchAsync(root);

        Assert.False(Directory.Exists(dead));
        Assert.Equal(target, new FileInfo(link).LinkTarget); // who follows it removes the link itself first
        Assert.Equal(2, Directory.GetFiles(target).Length);
    }

    [Fact]
    public async Task Sweep_leaves_the_directories_of_other_users_alone()
    {
        using var root = new TestDirectory();
        string foreign = root["qemu-machine-0123456789ab"];
        MakeDead(foreign);
        string own = root["qemu-machine-ba9876543210"];
        MakeDead(own);
        FileOwner.Give(foreign, FileOwner.Nobody);

        await LaunchAsync(root);

        Assert.True(File.Exists(Path.Combine(foreign, "owner")));
        Assert.False(Directory.Exists(own));
    }

    [Fact]
    public async Task Sweep_leaves_the_directories_of_living_owners_alone()
    {
        using var root = new TestDirectory();
        using DyingHostProcess host = DyingHostProcess.Start(root.Path, "idle", "wait");
        await host.ReadyAsync();
        string living = Assert.Single(root.Entries);

        await LaunchAsync(root);

        Assert.True(Directory.Exists(living));
        host.Kill();
        await host.Family.WaitUntilGoneAsync();
    }

    private static void MakeDead(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "owner"), "");
    }

    private static async Task LaunchAsync(TestDirectory root)
    {
        await using QemuMachine machine = Machines.Rom(root.Path).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);
    }
}
