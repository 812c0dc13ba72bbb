using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class QemuHostTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("qemu-host-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => [.. CorpusQemu.Versions];

    private QemuSettings Settings => new() { CacheDirectory = Path.Combine(_directory, "cache") };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Host_knows_what_the_program_offers(string version)
    {
        QemuHost host = await QemuHost.ProbeAsync(CorpusQemu.Binary(version), Settings, cancellationToken: Token);

        Assert.Empty(host.Problems);
        Assert.True(host.IsAvailable);
        Assert.True(host.Version >= new Version(version == CorpusQemu.Host ? "5.0" : "10.0"));
        Assert.Equal("x86_64", host.Architecture);
        Assert.True(host.HasMachineType("q35"));
        Assert.True(host.HasMachineType("microvm"));
        Assert.False(host.HasMachineType("virt"));
        Assert.True(host.HasDevice("virtio-net-pci"));
        Assert.True(host.HasDevice("virtio-net"));
        Assert.False(host.HasDevice("foobar"));
        Assert.Contains("qemu64", host.CpuModels);
        Assert.Contains("user", host.NetdevTypes);
        Assert.Contains("none", host.Displays);
        Assert.Equal(AcceleratorState.Proven, host.Accelerator("tcg")?.State);
    }

    [Fact]
    public async Task Architecture_without_a_list_of_cpu_models_has_no_problem()
    {
        Assert.SkipUnless(CorpusQemu.OnPath("qemu-system-m68k"), "needs qemu-system-m68k on PATH");
        QemuHost host = await QemuHost.ProbeAsync("qemu-system-m68k", Settings, cancellationToken: Token);

        Assert.Empty(host.CpuModels);
        Assert.Empty(host.Problems);
    }

    [Fact]
    public async Task Kvm_counts_only_when_a_guest_ran()
    {
        QemuHost host = await QemuHost.ProbeAsync(CorpusQemu.Binary(CorpusQemu.Host), Settings, cancellationToken: Token);

        QemuAccelerator? kvm = host.Accelerator("kvm");
        Assert.SkipWhen(kvm is null, "this QEMU was built without KVM");
        if (kvm.IsUsable)
            Assert.Equal("a guest ran", kvm.Reason);
        else
            Assert.Matches("^(/dev/kvm opens but a guest did not run: .+|QEMU does not start with it: .+)$", kvm.Reason);
    }

    [Theory]
    [InlineData("qemu-system-i386")]
    [InlineData("qemu-system-x86_64-microvm")]
    public async Task Program_on_which_the_probe_proves_nothing_is_trusted_for_emulation_only(string program)
    {
        Assert.SkipUnless(CorpusQemu.OnPath(program), $"needs {program} on PATH");
        QemuHost host = await QemuHost.ProbeAsync(program, Settings, cancellationToken: Token);

        Assert.All(host.Accelerators, accelerator => Assert.Equal(
            accelerator.Name == "tcg" ? AcceleratorState.Unproven : AcceleratorState.Unusable, accelerator.State));
        Assert.DoesNotContain(host.Accelerators, accelerator => accelerator.Name == "qtest");
    }

    [Fact]
    public async Task Program_that_is_not_there_is_a_negative_answer()
    {
        QemuHost host = await QemuHost.ProbeAsync("qemu-system-nonsense", Settings, cancellationToken: Token);

        Assert.False(host.IsAvailable);
        Assert.Null(host.Version);
        Assert.Empty(host.Accelerators);
        Assert.Contains("there is no 'qemu-system-nonsense' on PATH", Assert.Single(host.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_crashes_is_a_negative_answer_with_its_reason()
    {
        string program = Script("crashing", "echo 'fatal: out of luck' >&2; kill -ABRT $$");
        QemuHost host = await QemuHost.ProbeAsync(program, Settings, cancellationToken: Token);

        Assert.False(host.IsAvailable);
        Assert.Contains(host.Problems, problem => problem.Contains("it does not start: QEMU crashed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_that_hangs_does_not_hang_the_probe()
    {
        string program = Script("hanging", "exec sleep 600");
        QemuHost host = await QemuHost.ProbeAsync(program, Settings with { TimeoutScale = 0.1 }, cancellationToken: Token);

        Assert.False(host.IsAvailable);
        Assert.Contains(host.Problems, problem => problem.Contains("waits for something", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Facts_are_asked_once_per_program_and_kept_on_disk()
    {
        string program = Counting("counted");
        QemuHost first = await new HostFactsUse(Settings).ProbeAsync(program);
        int runs = Runs();
        Assert.True(first.IsAvailable);
        Assert.InRange(runs, 1, 10);

        QemuHost second = await new HostFactsUse(Settings).ProbeAsync(program); // another process: another memory, the same disk

        Assert.Equal(runs, Runs());
        Assert.Equal(first.Devices, second.Devices);
        Assert.Equal(first.Accelerators, second.Accelerators);
        Assert.Equal(first.MachineTypes, second.MachineTypes);
        Assert.Equal(first.Version, second.Version);
    }

    [Fact]
    public async Task Facts_are_asked_anew_when_the_program_changes()
    {
        string program = Counting("changing");
        var facts = new HostFactsUse(Settings);
        await facts.ProbeAsync(program);
        int runs = Runs();

        File.SetLastWriteTimeUtc(program, new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        await facts.ProbeAsync(program);

        Assert.True(Runs() > runs);
    }

    [Fact]
    public async Task Facts_are_asked_anew_when_the_file_is_damaged()
    {
        string program = Counting("damaged");
        await new HostFactsUse(Settings).ProbeAsync(program);
        int runs = Runs();
        foreach (string file in Directory.GetFiles(HostCache.DirectoryOf(Settings)!))
            await File.WriteAllTextAsync(file, "{ \"Key\": \"", Token);

        QemuHost host = await new HostFactsUse(Settings).ProbeAsync(program);

        Assert.True(host.IsAvailable);
        Assert.True(Runs() > runs);
    }

    [Fact]
    public async Task Failure_that_load_may_have_caused_is_believed_for_minutes_only()
    {
        string program = Script("moody", $"echo run >> {_directory}/runs; exec sleep 600");
        var time = new SteppedTime();
        var facts = new HostFacts(time);
        var target = new HostTarget(program, [], Settings with { TimeoutScale = 0.05 });
        await QemuHost.ProbeAsync(target, facts, Token);
        int runs = Runs();
        await QemuHost.ProbeAsync(target, facts, Token);
        Assert.Equal(runs, Runs());

        time.Now += TimeSpan.FromMinutes(6);
        await QemuHost.ProbeAsync(target, facts, Token);

        Assert.True(Runs() > runs);
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_probe()
    {
        string program = Counting("shared");
        var facts = new HostFactsUse(Settings);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => facts.ProbeAsync(program)));
        int shared = Runs();

        await new HostFactsUse(Settings with { CacheDirectory = Path.Combine(_directory, "other") }).ProbeAsync(program);

        Assert.Equal(2 * shared, Runs());
    }

    [Fact]
    public async Task Cache_that_cannot_be_written_only_costs_time()
    {
        string program = Counting("uncached");
        string file = Path.Combine(_directory, "a-file");
        await File.WriteAllTextAsync(file, "", Token);

        QemuHost host = await new HostFactsUse(new QemuSettings { CacheDirectory = file }).ProbeAsync(program);

        Assert.True(host.IsAvailable);
    }

    private string Counting(string name)
    {
        CorpusQemu.Binary(CorpusQemu.Host);
        return Script(name, $"echo run >> {_directory}/runs; exec qemu-system-x86_64 \"$@\"");
    }

    private int Runs() => File.ReadAllLines(Path.Combine(_directory, "runs")).Length;

    private string Script(string name, string body)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private sealed class HostFactsUse(QemuSettings settings)
    {
        private readonly HostFacts _facts = new(TimeProvider.System);

        public Task<QemuHost> ProbeAsync(string program) => QemuHost.ProbeAsync(new HostTarget(program, [], settings), _facts, Token);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
