using System.Diagnostics;
using System.Net.Sockets;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>What a machine puts on disk is its user's alone, also where the file mode mask protects nothing.</summary>
public sealed class PermissionTests
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Directories_and_logs_are_for_their_user_only()
    {
        using IDisposable mask = FileOwner.OpenMask();
        using var root = new TestDirectory();
        using var logs = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).WithLogDirectory(logs.Path).Build();
        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DirectoryMode, File.GetUnixFileMode(machine.TempDirectory));
        Assert.All(root.Entries, static directory => Assert.All(Directory.GetFiles(directory), AssertPrivate));
        Assert.NotEmpty(logs.Entries);
        Assert.All(logs.Entries, AssertPrivate);
    }

    /// <summary>Looked at from a wrapper, before QEMU has dialled: afterwards they may be gone.</summary>
    [Fact]
    public async Task Sockets_are_for_their_user_only()
    {
        using IDisposable mask = FileOwner.OpenMask();
        using var root = new TestDirectory();
        using var sockets = new TestDirectory();
        using var notes = new TestDirectory();
        await using QemuMachine machine = Machines.Rom(root.Path).WithSocketDirectory(sockets.Path)
            .WithWrapper("sh", "-c", "stat -c %a \"$1\"/* >\"$2\"; shift 2; exec \"$@\"", "sh", sockets.Path, notes["modes"])
            .Build();

        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["600", "600"], await File.ReadAllLinesAsync(notes["modes"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Own_log_directory_is_for_its_user_only_and_a_given_one_stays_as_it_is()
    {
        using IDisposable mask = FileOwner.OpenMask();
        using var logs = new TestDirectory();
        File.SetUnixFileMode(logs.Path, DirectoryMode | UnixFileMode.GroupRead);
        await using (QemuMachine machine = Machines.Rom().WithLogDirectory(logs.Path).Build())
            await machine.LaunchAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DirectoryMode | UnixFileMode.GroupRead, File.GetUnixFileMode(logs.Path));
    }

    /// <summary>Abstract sockets have no permissions: another user who dials first is turned away.</summary>
    [Fact]
    public async Task Another_user_who_dials_the_socket_first_is_turned_away()
    {
        Assert.SkipUnless(FileOwner.IsRoot && Programs.Exists("setpriv"), "needs root and setpriv, to act as two users");
        Assert.SkipUnless(await IsOpenToOthersAsync(), "needs a checkout and a .NET that another user may run programs from");
        using var root = new TestDirectory();
        string name = $"reliability-{Guid.NewGuid():N}";
        var logger = new RecordingLogger();
        const string dialFirst = "cd /; setpriv --reuid 65534 --clear-groups \"$1\" -chardev \"socket,id=qmp,path=$2,abstract=on\" -fault none; shift 2; exec \"$@\"";
        await using QemuMachine machine = Machines.Rom(root.Path)
            .WithQmpEndPoint(new UnixDomainSocketEndPoint("\0" + name))
            .WithLogger(logger)
            .WithWrapper("sh", "-c", dialFirst, "sh", Machines.FakeQemu, name)
            .Build();

        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        Assert.Contains("TESTROM", (await machine.Console.WaitForAsync(TestRom.Ready)).Text, StringComparison.Ordinal);
        Assert.Single(logger.Messages, static message => message.Contains("was turned away", StringComparison.Ordinal));
        Assert.DoesNotContain("fake", (await machine.Qmp.ExecuteAsync("query-version")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_names_cannot_be_guessed()
    {
        using var root = new TestDirectory();
        QemuMachine[] machines = [.. Enumerable.Range(0, 50).Select(_ => Machines.Rom(root.Path).Build())];
        string[] names = [.. machines.Select(static machine => Path.GetFileName(machine.TempDirectory)["qemu-machine-".Length..])];
        foreach (QemuMachine machine in machines)
            await machine.DisposeAsync();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, static name => Assert.True(name.Length >= 12 && name.All(char.IsAsciiHexDigit)));

        // Not counted up: neighbours have nothing in common.
        Assert.True(names.Zip(names.Skip(1)).Count(static pair => pair.First[..6] == pair.Second[..6]) < 3);
    }

    private static async Task<bool> IsOpenToOthersAsync()
    {
        const int exitedBeforeTheGreeting = 3;
        using var process = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", "65534", "--clear-groups", Machines.FakeQemu, "-fault", "exit-before-greeting"])
        {
            WorkingDirectory = "/",
            RedirectStandardError = true,
        })!;
        await process.WaitForExitAsync();
        return process.ExitCode == exitedBeforeTheGreeting;
    }

    private static void AssertPrivate(string file) => Assert.Equal(FileMode, File.GetUnixFileMode(file) & (UnixFileMode)0b111_111_111);
}
