using Qemu.Machine;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine.Sharing;

public sealed class SharedDirectoryTests : IDisposable
{
    private readonly TempRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory(Timeout = 600_000)]
    [InlineData(SharedDirectoryKind.NineP)]
    [InlineData(SharedDirectoryKind.VirtioFs)]
    public async Task File_that_either_side_writes_is_seen_by_the_other(SharedDirectoryKind kind)
    {
        byte[] fromHost = [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number * 7))];
        await File.WriteAllBytesAsync(_root.File("from-host"), fromHost);
        await using QemuMachine machine = (await BuilderAsync(kind)).WithSharedDirectory(_root.Path, "work", kind: kind).Build();
        await machine.StartAsync();

        await machine.Files.MountSharedDirectoryAsync("work", "/mnt/wor k");
        ShellResult copied = (await machine.Shell.RunAsync("cp '/mnt/wor k/from-host' '/mnt/wor k/from-guest' && echo more >>'/mnt/wor k/from-guest' && sync && sha256sum <'/mnt/wor k/from-host'")).EnsureSucceeded();
        await File.WriteAllTextAsync(_root.File("later"), "written after the mount\n");

        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(fromHost)), copied.Output, StringComparison.Ordinal);
        byte[] fromGuest = await File.ReadAllBytesAsync(_root.File("from-guest"));
        Assert.Equal([.. fromHost, .. "more\n"u8], fromGuest);
        Assert.Equal("written after the mount\n", await machine.Files.ReadTextAsync("/mnt/wor k/later"));
        Assert.Equal(kind == SharedDirectoryKind.VirtioFs ? 1 : 0, machine.Companions.Count);
    }

    [Fact(Timeout = 600_000)]
    public async Task Directory_that_is_shared_for_reading_cannot_be_written_from_the_guest_whatever_it_tries()
    {
        _root.Write("kept", "as it was");
        await using QemuMachine machine = (await BuilderAsync(SharedDirectoryKind.NineP)).WithSharedDirectory(_root.Path, "work", readOnly: true).Build();
        await machine.StartAsync();
        await machine.Files.MountSharedDirectoryAsync("work", "/mnt");

        ShellResult write = await machine.Shell.RunAsync("cat /mnt/kept && mount -o remount,rw /mnt && echo changed >/mnt/kept");

        Assert.Equal("as it was", write.Output);
        Assert.Contains("Read-only file system", write.Error, StringComparison.Ordinal);
        Assert.Equal("as it was", await File.ReadAllTextAsync(_root.File("kept")));
    }

    [Fact(Timeout = 600_000)]
    public async Task Guest_without_the_driver_is_an_error_that_says_so()
    {
        await using QemuMachine machine = (await LinuxGuest.BuilderAsync()).WithSharedDirectory(_root.Path, "work").Build();
        await machine.StartAsync();

        var error = await Assert.ThrowsAsync<GuestCommandException>(() => machine.Files.MountSharedDirectoryAsync("work", "/mnt"));
        var unknown = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.Files.MountSharedDirectoryAsync("other", "/mnt"));

        Assert.Contains("does its kernel have the driver?", error.Message, StringComparison.Ordinal);
        Assert.Contains(".WithSharedDirectory(hostPath, \"other\")", unknown.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(SharedDirectoryKind.NineP)]
    [InlineData(SharedDirectoryKind.VirtioFs)]
    public async Task Directory_that_is_not_there_fails_the_launch(SharedDirectoryKind kind)
    {
        await using QemuMachine machine = Machines.Rom().WithSharedDirectory(_root.File("nowhere"), "work", kind: kind).Build();

        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync());

        Assert.Contains($"The directory to be shared as 'work' does not exist: {_root.File("nowhere")}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with,comma")]
    [InlineData("longer than any tag of 9p can be ")]
    public void Tag_that_no_guest_could_mount_is_refused(string tag) =>
        Assert.Throws<ArgumentException>(nameof(tag), () => Machines.Rom().WithSharedDirectory(_root.Path, tag));

    [Fact]
    public void Tag_is_a_directorys_own() =>
        Assert.Throws<ArgumentException>("tag", () => Machines.Rom().WithSharedDirectory(_root.Path, "work").WithSharedDirectory(_root.Path, "work"));

    [Fact(Timeout = 60_000)]
    public async Task Template_of_a_machine_with_virtiofs_is_refused_with_advice()
    {
        await using QemuMachine machine = Machines.Rom().WithSharedDirectory(_root.Path, "work", kind: SharedDirectoryKind.VirtioFs).WithTemplate().Build();

        var error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.StartAsync());

        Assert.Contains("share it by 9p and mount it after the start", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Machine_with_a_directory_shared_by_9p_is_cloned_from_its_template()
    {
        using var home = new TemplateHome();
        for (int i = 0; i < 2; i++)
        {
            await using QemuMachine machine = home.Describe().WithSharedDirectory(_root.Path, "work").Build();
            await machine.StartAsync();

            Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
        }
    }

    [Fact]
    public void Virtiofsd_of_either_kind_gets_its_own_options()
    {
        var older = new VirtioFsDaemon("/usr/lib/qemu/virtiofsd", IsQemus: true);
        var newer = new VirtioFsDaemon("/usr/libexec/virtiofsd", IsQemus: false);

        Assert.Contains("source=/srv", older.Arguments("/srv", readOnly: false));
        Assert.Contains("--readonly", newer.Arguments("/srv", readOnly: true));
        Assert.Contains("for reading only", Assert.Throws<QemuConfigurationException>(() => older.Arguments("/srv", readOnly: true)).Message, StringComparison.Ordinal);
    }

    /// <summary>Debian's cloud kernel has virtiofs but no 9p; its plain kernel has both.</summary>
    private static async Task<QemuMachineBuilder> BuilderAsync(SharedDirectoryKind kind)
    {
        bool isVirtioFs = kind == SharedDirectoryKind.VirtioFs;
        Assert.SkipUnless(!isVirtioFs || VirtioFsDaemonIsUsable(), "needs a virtiofsd that this user can run");
        LinuxKernel kernel = isVirtioFs ? await LinuxKernel.FromDebianPackageAsync() : await PlainKernelAsync();
        string initrd = await new Initramfs().AddBusybox()
            .AddKernelModules(kernel, isVirtioFs ? ["virtio_pci", "virtiofs"] : ["virtio_pci", "9pnet_virtio", "9p"])
            .BuildAsync();
        return new QemuMachineBuilder("qemu-system-x86_64").WithMachine("q35").WithMemory("256M").WithAccelerator("tcg")
            .WithKernel(kernel.Path, initrd, "console=ttyS0 quiet panic=-1").WithConsole()
            .ReadyWhen(Readiness.Console("GUEST READY"), TimeSpan.FromMinutes(4));
    }

    private static async Task<LinuxKernel> PlainKernelAsync()
    {
        try
        {
            return await LinuxKernel.FromDebianPackageAsync("linux-image-amd64");
        }
        catch (GuestImageException error)
        {
            Assert.Skip($"needs Debian's plain kernel: {error.Message}");
            throw;
        }
    }

    private static bool VirtioFsDaemonIsUsable()
    {
        try
        {
            return !VirtioFsDaemon.Find().Arguments("/", readOnly: false).IsEmpty;
        }
        catch (QemuConfigurationException)
        {
            return false;
        }
    }
}
