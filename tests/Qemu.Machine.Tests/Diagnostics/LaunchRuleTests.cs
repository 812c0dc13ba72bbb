using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Cases that this host cannot be brought into.</summary>
public sealed class LaunchRuleTests
{
    private static readonly QemuMachineSpec s_spec = new() { Binary = "qemu-system-x86_64" };

    [Fact]
    public void Rules_have_names_of_their_own() =>
        Assert.Equal(LaunchRules.All.Count, LaunchRules.All.Select(rule => rule.Name).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Every_rule_is_asked()
    {
        IEnumerable<Type> rules = typeof(LaunchRule).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LaunchRule)) && !type.IsAbstract);
        Assert.Empty(rules.Except(LaunchRules.All.Select(rule => rule.GetType())));
    }

    [Fact]
    public async Task Cause_is_found_at_the_end_of_a_flood_of_lines()
    {
        string flood = string.Concat(Enumerable.Repeat("Trace 0: 0x7f0000000000\n", 600_000));
        var evidence = new LaunchEvidence
        {
            Spec = s_spec,
            CommandLine = [s_spec.Binary, "-d", "exec", "-device", "nonsense"],
            Output = flood + "qemu-system-x86_64: -device nonsense: 'nonsense' is not a valid device model name\n",
            Exit = new ExitStatus(ExitCode: 1, Signal: null),
        };

        Diagnosis? diagnosis = await Task.Run(() => LaunchDoctor.Diagnose(evidence), TestContext.Current.CancellationToken).WaitAsync(Machines.HangGuard, TestContext.Current.CancellationToken);

        Assert.Equal("device-unknown", diagnosis?.Rule);
        Assert.InRange(evidence.Lines.Count, 2, 10_000);
    }

    [Theory]
    [InlineData(1, "out-of-memory")]
    [InlineData(0, "killed")]
    public void Sigkill_is_laid_to_the_kernel_when_it_killed_for_memory_meanwhile(int kills, string rule)
    {
        Diagnosis? diagnosis = LaunchDoctor.Diagnose(new LaunchEvidence
        {
            Spec = s_spec,
            CommandLine = [s_spec.Binary],
            Exit = new ExitStatus(ExitCode: null, Signal: 9),
            OutOfMemoryKills = kills,
        });

        Assert.Equal(rule, diagnosis?.Rule);
        Assert.False(diagnosis!.IsCertain);
    }

    [Theory]
    [InlineData("qemu-system-aarch64", "x86_64", "KVM runs guests of the host's own architecture: x86_64, not aarch64.")]
    [InlineData("qemu-system-x86_64", "x86_64", "was built without the accelerator 'kvm'")]
    [InlineData("qemu-system-i386", "x86_64", "was built without the accelerator 'kvm'")]
    public void Kvm_for_another_architecture_is_told_from_kvm_left_out(string binary, string host, string says)
    {
        Diagnosis? diagnosis = LaunchDoctor.Diagnose(new LaunchEvidence
        {
            Spec = s_spec with { Binary = binary },
            CommandLine = [binary, "-accel", "kvm"],
            Output = $"{binary}: -accel kvm: invalid accelerator kvm\n",
            Exit = new ExitStatus(1, Signal: null),
            Host = new FakeHost(host),
        });

        Assert.Equal("accelerator-unknown", diagnosis?.Rule);
        Assert.Contains(says, diagnosis!.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu: error reading initrd /no/initrd: Failed to open file “/no/initrd”: open() failed: No such file or directory", "kernel-missing", "'/no/initrd' does not exist", "-initrd", "/no/initrd")]
    [InlineData("qemu-system-aarch64: No machine specified, and there is no default\nUse -machine help to list supported machines", "machine-unknown", ".WithMachine(\"virt\")")]
    [InlineData("qemu-system-x86_64: -device virtio-rng-pci: invalid option", "option-unknown", ".WithArguments(\"-device\", \"virtio-rng-pci\")", "-device virtio-rng-pci")]
    [InlineData("qemu-system-x86_64: -m 1GB: Parameter 'size' expects a non-negative number below 2^64", "parameter-value", "256M", "-m", "1GB")]
    public void Common_slip_is_told_with_what_to_write(string output, string rule, string says, params string[] arguments)
    {
        Diagnosis? diagnosis = LaunchDoctor.Diagnose(new LaunchEvidence
        {
            Spec = s_spec,
            CommandLine = [s_spec.Binary, .. arguments],
            Output = output + "\n",
            Exit = new ExitStatus(1, Signal: null),
        });

        Assert.Equal(rule, diagnosis?.Rule);
        Assert.Contains(says, diagnosis!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu-system-x86_64: -netdev tap,id=n: could not configure /dev/net/tun (tap0): Operation not permitted", "tap-unavailable", "-netdev", "tap,id=n")]
    [InlineData("qemu-system-x86_64: -netdev user,id=n: network backend 'user' is not compiled into this binary", "netdev-type", "-netdev", "user,id=n")]
    [InlineData("qemu-system-x86_64: -drive file=/x.raw: Could not open '/x.raw': Read-only file system", "permission-denied", "-drive", "file=/x.raw")]
    [InlineData("qemu-system-x86_64: -drive file=/x.raw: Could not open '/x.raw': Too many open files", "too-many-files", "-drive", "file=/x.raw")]
    [InlineData("qemu-system-x86_64: ioctl(KVM_CREATE_VM) failed: 16 Device or resource busy\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: Device or resource busy", "kvm-busy", "-accel", "kvm")]
    [InlineData("KVM internal error. Suberror: 1", "kvm-unusable", "-accel", "kvm")]
    [InlineData("gtk initialization failed", "display-unavailable", "-display", "gtk")]
    [InlineData("Could not initialize SDL(x11 not available) - exiting", "display-unavailable", "-display", "sdl")]
    [InlineData("qemu-system-x86_64: -runas nobodyx: User \"nobodyx\" doesn't exist (and is not <uid>:<gid>)", "user-unknown", "-runas", "nobodyx")]
    [InlineData("qemu-system-x86_64: -device i8259: Parameter 'driver' expects a pluggable device type", "device-not-pluggable", "-device", "i8259")]
    [InlineData("qemu-system-x86_64: unable to map backing store for guest RAM: No space left on device", "disk-full", "-m", "4G")]
    public void Words_that_this_host_does_not_hear_are_known(string output, string rule, params string[] arguments) =>
        Assert.Equal(rule, LaunchDoctor.Diagnose(new LaunchEvidence
        {
            Spec = s_spec,
            CommandLine = [s_spec.Binary, .. arguments],
            Output = output,
            Exit = new ExitStatus(1, Signal: null),
        })?.Rule);

    [Theory]
    [InlineData('R', "busy", "XUNIT_QEMU_TIMEOUT_SCALE")]
    [InlineData('D', "stuck in the kernel", "dmesg")]
    [InlineData('T', "stopped", "-CONT")]
    [InlineData('S', "waits for something", "wait=off")]
    public void Silence_is_explained_by_what_the_process_was_doing(char state, string problem, string fix)
    {
        Diagnosis? diagnosis = LaunchDoctor.Diagnose(new LaunchEvidence
        {
            Spec = s_spec,
            CommandLine = [s_spec.Binary],
            Alive = new ProcessSnapshot(17, "qemu-system-x86", state, TimeSpan.FromSeconds(0.25), "do_sys_poll"),
        });

        Assert.Contains(problem, diagnosis!.Problem, StringComparison.Ordinal);
        Assert.Contains("process 17 (qemu-system-x86)", diagnosis.Problem, StringComparison.Ordinal);
        Assert.Contains("in do_sys_poll, after 0.25 s of CPU time", diagnosis.Problem, StringComparison.Ordinal);
        Assert.Contains(fix, diagnosis.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("virtio-net-pic", "virtio-net-pci")]
    [InlineData("VIRTIO-NET-PCI", "virtio-net-pci")]
    [InlineData("e1001", "e1000")]
    [InlineData("frobnicator", null)]
    [InlineData("x", null)]
    public void Nearest_name_is_the_one_with_the_fewest_slips(string written, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(written, ["e1000", "e1000e", "virtio-net-pci", "virtio-net-device", "q35"]));

    [Theory]
    [InlineData("Property 'a.b' doesn't take value 'c'", 1, "c")]
    [InlineData("Property 'a.b' can't find value 'd'", 1, "d")]
    [InlineData("no quotes", 0, "")]
    [InlineData("'unclosed", 0, "")]
    public void Quotations_are_told_from_apostrophes(string message, int index, string expected) =>
        Assert.Equal(expected, new OutputLine(message, Option: null, IsFromQemu: true).Quoted(index));

    private sealed class FakeHost(string architecture) : HostState
    {
        public override string Architecture => architecture;
    }
}
