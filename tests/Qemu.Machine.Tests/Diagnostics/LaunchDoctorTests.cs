using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Failing launches that take more than arguments: no program, no rights, signals, silence.</summary>
public sealed class LaunchDoctorTests(CorpusFiles files) : IClassFixture<CorpusFiles>
{
    /// <summary>For launches that must run into their deadline.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => [.. CorpusQemu.Versions];

    [Theory]
    [InlineData("qemu-system-x86_46", "Did you mean 'qemu-system-x86_64'?")]
    [InlineData("qemu-system-riscv64x", "sudo apt-get install qemu-system-misc")]
    [InlineData("/nonexistent/qemu-system-aarch64", "sudo apt-get install qemu-system-arm. On Fedora: sudo dnf install qemu-system-aarch64")]
    [InlineData("/tmp", "'/tmp' is a directory")]
    [InlineData("no-such-program", "Install it, or correct the path")]
    public async Task Program_that_is_not_there_is_named_with_its_package(string program, string says)
    {
        CorpusQemu.Binary(CorpusQemu.Host);
        QemuLaunchException error = await FailAsync(new QemuMachineBuilder(program), "program-missing", says);
        Assert.Null(error.ExitCode);
        Assert.IsType<FileNotFoundException>(error.InnerException);
    }

    [Fact]
    public Task Program_that_may_not_run_is_to_be_made_executable() =>
        FailAsync(new QemuMachineBuilder(files["text"]), "program-missing", $"chmod +x {files["text"]}");

    [Fact]
    public Task Wrapper_that_is_not_there_is_named() =>
        FailAsync(new QemuMachineBuilder("qemu-system-x86_64").WithWrapper("no-such-wrapper", "-x"), "program-missing", "given to .WithWrapper()");

    [Fact]
    public Task Temp_root_that_is_not_there_is_named() =>
        FailAsync(new QemuMachineBuilder("qemu-system-x86_64").WithTempRoot("/nonexistent/root"), "temp-directory", ".WithTempRoot()");

    [Theory]
    [InlineData("kill -SEGV $$", "crash", "memory that is not its own", true)]
    [InlineData("kill -FPE $$", "crash", "divided", true)]
    [InlineData("kill -ILL $$", "crash", "built for a newer one", true)]
    [InlineData("echo 'qemu-system-x86_64: ../x.c:1: f: Assertion `y` failed.' >&2; kill -ABRT $$", "crash", "Assertion `y` failed", true)]
    [InlineData("echo 'error: failed to set MSR 0x10a to 0x69' >&2; echo 'q: kvm_buf_set_msrs: Assertion failed.' >&2; kill -ABRT $$", "kvm-unusable", "nested", true)]
    [InlineData("echo 'Only modules from the same build can be loaded.' >&2; kill -ABRT $$", "module-mismatch", "one version", true)]
    [InlineData("kill -KILL $$", "killed", "dmesg", false)]
    [InlineData("kill -TERM $$", "killed", "supervisor", false)]
    [InlineData("echo \"$0: error while loading shared libraries: libslirp.so.0: cannot open shared object file\" >&2; exit 127", "library-missing", "apt-file search libslirp.so.0", true)]
    [InlineData("echo 'Could not access KVM kernel module: No such file or directory' >&2; exit 1", "kvm-absent", "modprobe", true)]
    [InlineData("echo 'Could not access KVM kernel module: Permission denied' >&2; exit 1", "kvm-denied", "usermod -aG kvm", true)]
    [InlineData("echo 'qemu: module ui-ui-none not found, do you want to install qemu-system-gui package?' >&2; exit 0", null, "", true)]
    [InlineData("echo 'QXL VGA not available. Perhaps you want to install qemu-system-modules-spice package?' >&2; exit 1", "package-missing", "apt-get install qemu-system-modules-spice", true)]
    [InlineData("exit 0", "guest-ended", "`cont`", false)]
    [InlineData("echo \"cat: '/etc/shadow': Permission denied\"; echo \"init: '/x' No such file or directory\"; exit 1", null, "", true)]
    [InlineData("exit 7", null, "", true)]
    public async Task Program_that_ends_early_is_understood_by_how_and_what_it_said(string script, string? rule, string says, bool isCertain)
    {
        QemuLaunchException error = await FailAsync(new QemuMachineBuilder(files.Script("fake-" + Guid.NewGuid().ToString("N"), script)), rule, says);
        if (rule is not null)
            Assert.Contains(isCertain ? "\nDiagnosis: " : "\nPerhaps: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_of_another_architecture_is_recognised()
    {
        // An ELF header for a machine that does not exist.
        string program = files.Script("alien", "");
        await File.WriteAllBytesAsync(program, [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[57]], Token);
        await FailAsync(new QemuMachineBuilder(program), "program-format", "another architecture");
    }

    [Fact]
    public async Task Qemu_that_is_stopped_is_told_from_one_that_waits()
    {
        QemuLaunchException stopped = await FailAsync(
            new QemuMachineBuilder(files.Script("stopped", "kill -STOP $$")).WithQmpTimeout(s_patience), "not-responding", "SIGSTOP");
        QemuLaunchException silent = await FailAsync(
            new QemuMachineBuilder(files.Script("silent", "exec sleep 600")).WithQmpTimeout(s_patience), "not-responding", "QEMU waits for something");

        Assert.True(stopped.Diagnosis!.IsCertain);
        Assert.False(silent.Diagnosis!.IsCertain);
        Assert.Contains("(sleep) was asleep", silent.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public Task Qemu_that_waits_for_a_connection_is_told_not_to(string version) => FailAsync(
        new QemuMachineBuilder(CorpusQemu.Binary(version))
            .WithArguments("-chardev", "socket,id=c,host=127.0.0.1,port=0,server=on")
            .WithQmpTimeout(TimeSpan.FromSeconds(2)),
        "waiting-for-connection",
        "wait=off");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Image_in_use_is_traced_to_its_holder(string version)
    {
        CorpusQemu.Binary(CorpusQemu.Host);
        string image = files.Write("locked.raw", new string('\0', 4096));
        await using QemuMachine holder = new QemuMachineBuilder("qemu-system-x86_64").WithDisk(image).WithArguments("-S").Build();
        await holder.LaunchAsync(Token);

        await FailAsync(new QemuMachineBuilder(CorpusQemu.Binary(version)).WithDisk(image), "image-locked", $"process {holder.ProcessId} (qemu-system-x86)");
    }

    [Fact]
    public Task Image_of_another_user_is_explained() => FailAsync(
        new QemuMachineBuilder("qemu-system-x86_64").WithWrapper(AsNobody()).WithDisk(files["closed.raw"]), "permission-denied", "readOnly: true");

    [Fact]
    public async Task Kvm_that_is_closed_to_the_user_is_explained()
    {
        string[] asNobody = AsNobody();
        Assert.SkipUnless(File.Exists("/dev/kvm") && (File.GetUnixFileMode("/dev/kvm") & UnixFileMode.OtherRead) == 0, "needs a /dev/kvm that is closed to others");
        await FailAsync(new QemuMachineBuilder("qemu-system-x86_64").WithWrapper(asNobody).WithAccelerator("kvm"), "kvm-denied", ".WithAccelerator(\"tcg\")");
    }

    [Theory]
    [InlineData("exit 127", "could not run qemu-system-x86_64")]
    [InlineData("echo no such group; exit 1", "ended before QEMU was ready")]
    public Task Wrapper_that_fails_is_blamed_with_care(string script, string says) => FailAsync(
        new QemuMachineBuilder("qemu-system-x86_64").WithWrapper("sh", "-c", script, "wrapper"), "wrapper-failed", says);

    [Fact]
    public Task Wrapper_that_never_starts_qemu_is_blamed_with_care() => FailAsync(
        new QemuMachineBuilder("qemu-system-x86_64").WithWrapper("sh", "-c", "exec sleep 600", "wrapper").WithQmpTimeout(s_patience), "wrapper-without-qemu", "(sleep)");

    [Fact]
    public async Task Message_reads_top_down()
    {
        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(CorpusQemu.Host)).WithName("vm").WithDevice("virtio-rgn-pci").Build();

        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(Token));

        Assert.Equal(
            """
            Machine vm did not launch: QEMU exited with code 1, before it was ready.
            QEMU wrote:
              qemu-system-x86_64: -device virtio-rgn-pci: 'virtio-rgn-pci' is not a valid device model name
            Diagnosis: qemu-system-x86_64 has no device 'virtio-rgn-pci'.
            Fix: Did you mean 'virtio-rng-pci'? `qemu-system-x86_64 -device help` lists all.
            QEMU exited with code 1.
            Command line:
              BIN/qemu-system-x86_64 -display none -vga none -chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control -device virtio-rgn-pci
            """,
            System.Text.RegularExpressions.Regex.Replace(error.Message, @"  /\S*/(?=qemu-system)", "  BIN/"));
    }

    [Fact]
    public async Task Unknown_name_is_explained_at_once_when_the_program_cannot_be_asked()
    {
        // It refuses every question in the same words, so there is no list to suggest from.
        string program = files.Script("mute", "echo \"$(basename $0): unsupported machine type\" >&2; exit 1");
        await FailAsync(new QemuMachineBuilder(program).WithMachine("q53"), "machine-unknown", "has no machine type 'q53'");
    }

    private static string[] AsNobody()
    {
        CorpusQemu.Binary(CorpusQemu.Host);
        Assert.SkipUnless(Environment.IsPrivilegedProcess && CorpusQemu.OnPath("setpriv"), "needs root and setpriv, to run QEMU as another user");
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    }

    private static async Task<QemuLaunchException> FailAsync(QemuMachineBuilder builder, string? rule, string says)
    {
        await using QemuMachine machine = builder.Build();
        var error = await Assert.ThrowsAsync<QemuLaunchException>(() => machine.LaunchAsync(Token));
        if (error.Diagnosis?.Rule != rule)
            Assert.Fail($"expected the rule {rule ?? "(none)"}, got {error.Diagnosis?.Rule ?? "(none)"}:\n{error.Message}");
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }
}
