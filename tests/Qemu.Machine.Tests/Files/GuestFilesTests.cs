using System.Diagnostics;
using System.Security.Cryptography;
using Qemu.Machine;
using Tests.Qemu.Machine.Agent;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Files;

/// <summary>The same through the shell and through the agent.</summary>
public sealed class GuestFilesTests(LinuxMachine linux, AgentMachine agent) : IClassFixture<LinuxMachine>, IClassFixture<AgentMachine>, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guest-files-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_goes_in_and_comes_out_with_its_permissions(bool withAgent)
    {
        GuestFiles files = Files(withAgent);
        string there = Write("in.bin", RandomNumberGenerator.GetBytes(100_000));
        File.SetUnixFileMode(there, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await files.CopyToGuestAsync(there, "/tmp/a b/it's.bin");
        await files.CopyFromGuestAsync("/tmp/a b/it's.bin", Path.Combine(_directory.FullName, "new", "out.bin"));

        string back = Path.Combine(_directory.FullName, "new", "out.bin");
        Assert.Equal(File.ReadAllBytes(there), File.ReadAllBytes(back));
        Assert.Equal(File.GetUnixFileMode(there), File.GetUnixFileMode(back));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Directory_goes_in_and_comes_out(bool withAgent)
    {
        GuestFiles files = Files(withAgent);
        Write("tree/one.txt", "one"u8);
        Write("tree/sub/two.txt", "two"u8);

        await files.CopyToGuestAsync(Path.Combine(_directory.FullName, "tree"), "/tmp/tree");
        await files.CopyFromGuestAsync("/tmp/tree", Path.Combine(_directory.FullName, "back"));

        Assert.Equal("one", File.ReadAllText(Path.Combine(_directory.FullName, "back/one.txt")));
        Assert.Equal("two", File.ReadAllText(Path.Combine(_directory.FullName, "back/sub/two.txt")));
        Assert.DoesNotContain(".tar", (await Machine(withAgent).Shell.RunAsync("ls /tmp")).Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 300_000)]
    public async Task Pipe_or_device_of_the_host_is_refused()
    {
        string pipe = Path.Combine(_directory.FullName, "pipe");
        using (Process mkfifo = Process.Start("mkfifo", [pipe]))
            await mkfifo.WaitForExitAsync();

        await Assert.ThrowsAsync<IOException>(() => Task.Run(() => linux.Machine.Files.CopyToGuestAsync(pipe, "/tmp/pipe")));
        await Assert.ThrowsAsync<IOException>(() => linux.Machine.Files.CopyToGuestAsync("/dev/null", "/tmp/null"));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Directory_with_links_comes_out_as_it_is(bool withAgent)
    {
        string back = Path.Combine(_directory.FullName, "linked");
        (await Machine(withAgent).Shell.RunAsync(
            "mkdir -p /tmp/linked/closed && cd /tmp/linked && echo one >one && ln one hard && ln -s one within && ln -s /etc/passwd absolute && ln -s ../../.. up && ln -s /no/such/thing dangling"
            + " && echo x >closed/x && chmod 500 closed")).EnsureSucceeded();

        await Files(withAgent).CopyFromGuestAsync("/tmp/linked", back);
        await Files(withAgent).CopyFromGuestAsync("/tmp/linked", back); // over what is there

        Assert.Equal("one\n", File.ReadAllText(Path.Combine(back, "hard")));
        Assert.Equal("one\n", File.ReadAllText(Path.Combine(back, "within")));
        Assert.Equal("/etc/passwd", Target("absolute"));
        Assert.Equal("../../..", Target("up"));
        Assert.Equal("/no/such/thing", Target("dangling"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(back, "closed")));
        File.SetUnixFileMode(Path.Combine(back, "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        string? Target(string name) => new FileInfo(Path.Combine(back, name)).LinkTarget;
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Empty_file_is_a_file(bool withAgent)
    {
        await Files(withAgent).WriteTextAsync("/tmp/empty", "");

        Assert.Equal("", await Files(withAgent).ReadTextAsync("/tmp/empty"));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task File_that_is_not_there_or_cannot_be_written_is_an_error(bool withAgent)
    {
        await Assert.ThrowsAsync<GuestCommandException>(() => Files(withAgent).ReadAsync("/no/such/file"));
        await Assert.ThrowsAnyAsync<global::Qemu.Qmp.QemuException>(() => Files(withAgent).WriteTextAsync("/proc/nothing/here", "x"));
    }

    [Fact]
    public void Machine_without_a_way_says_what_to_add() =>
        Assert.Contains(".WithGuestAgent()", Assert.Throws<QemuConfigurationException>(() => new QemuMachineBuilder("qemu-system-x86_64").Build().Files).Message, StringComparison.Ordinal);

    private QemuMachine Machine(bool withAgent) => withAgent ? agent.Machine : linux.Machine;

    private GuestFiles Files(bool withAgent) => Machine(withAgent).Files;

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
