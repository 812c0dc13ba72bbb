using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing.Requirements;

public sealed class RequirementCheckTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("requirements-").FullName;

    private QemuTestSettings Settings => new() { CacheDirectory = _directory };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Host_that_has_all_skips_nothing() => Assert.Null(RequirementCheck.Unmet(
        new HostRequirements(MachineType: "q35", Device: "virtio-net", MinimumVersion: "4.2", Accelerator: "tcg", Requires: typeof(HasPipes)), Settings));

    [Fact]
    public void Program_that_is_missing_is_named_with_its_package() => Assert.Equal(
        "needs qemu-system-riscv64x: there is no 'qemu-system-riscv64x' on PATH. On Debian and Ubuntu: sudo apt-get install qemu-system-misc. On Fedora: sudo dnf install qemu-system-riscv64x.",
        RequirementCheck.Unmet(new HostRequirements(Binary: "qemu-system-riscv64x"), Settings));

    [Fact]
    public void Device_that_is_missing_skips_with_a_suggestion() => Assert.Matches(
        @"^needs device virtio-rgn-pci: qemu-system-\w+ \d+\.\d+\.\d+ has none of that name; did you mean virtio-rng-pci\?$",
        RequirementCheck.Unmet(new HostRequirements(Device: "virtio-rgn-pci"), Settings));

    [Fact]
    public void Machine_type_that_is_missing_skips_with_a_suggestion() => Assert.EndsWith(
        "has none of that name; did you mean q35?", RequirementCheck.Unmet(new HostRequirements(MachineType: "q53"), Settings), StringComparison.Ordinal);

    [Fact]
    public void Version_that_is_too_low_skips_with_the_version() => Assert.Matches(
        @"^needs QEMU 99\.0: qemu-system-\w+ is version \d+\.\d+\.\d+$", RequirementCheck.Unmet(new HostRequirements(MinimumVersion: "99"), Settings));

    [Fact]
    public async Task Accelerator_counts_only_when_a_guest_ran()
    {
        QemuHost host = await QemuHost.ProbeAsync(settings: Settings.Machine, cancellationToken: TestContext.Current.CancellationToken);
        string? reason = RequirementCheck.Unmet(new HostRequirements(Accelerator: "kvm"), Settings);
        Assert.Equal(
            host.Accelerator("kvm") switch
            {
                { IsUsable: true } => null,
                { } kvm => $"needs accelerator kvm: {kvm.Reason}",
                null => $"needs accelerator kvm: {host.Binary} was built without it; it has tcg",
            },
            reason);
        Assert.StartsWith("needs accelerator hvf: ", RequirementCheck.Unmet(new HostRequirements(Accelerator: "hvf"), Settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("device")]
    [InlineData("nonsense")]
    public void Setting_forbids_to_skip(string word)
    {
        var requirements = new HostRequirements(Device: "nonsense");
        QemuTestSettings settings = Settings with { Require = ["other", word] };

        Assert.Null(RequirementCheck.Unmet(requirements, settings));
        var error = Assert.Throws<RequirementDemandedException>(() => RequirementCheck.Demand(requirements, settings, specification: null));
        Assert.StartsWith("The test needs device nonsense: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"XUNIT_QEMU_REQUIRE has '{word}': it must not be skipped for that.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_for_something_else_lets_skip() =>
        Assert.NotNull(RequirementCheck.Unmet(new HostRequirements(Device: "nonsense"), Settings with { Require = ["kvm"] }));

    [Fact]
    public void Program_that_crashes_fails_the_test_and_never_skips_it()
    {
        var requirements = new HostRequirements(Binary: Script("crashing", "echo out of luck >&2; kill -SEGV $$"), MachineType: "q35");

        Assert.Null(RequirementCheck.Unmet(requirements, Settings));
        var error = Assert.Throws<RequirementDemandedException>(() => RequirementCheck.Demand(requirements, Settings, specification: null));
        Assert.Contains("QEMU crashed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Requirement_that_throws_fails_the_test_and_never_skips_it()
    {
        var requirements = new HostRequirements(Requires: typeof(Throws));

        Assert.Null(RequirementCheck.Unmet(requirements, Settings));
        var error = Assert.Throws<RequirementDemandedException>(() => RequirementCheck.Demand(requirements, Settings, specification: null));
        Assert.Equal("Checking the requirement 'luck' failed: no luck", error.Message);
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(NeedsArgument))]
    [InlineData(typeof(IQemuRequirement))]
    public void Type_that_is_no_requirement_is_an_error(Type type)
    {
        var error = Assert.Throws<QemuConfigurationException>(() => RequirementCheck.Unmet(new HostRequirements(Requires: type), Settings));
        Assert.StartsWith($"Requires = typeof({type.Name}): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_that_is_none_is_an_error() =>
        Assert.Throws<QemuConfigurationException>(() => RequirementCheck.Unmet(new HostRequirements(MinimumVersion: "new"), Settings));

    [Fact]
    public void Machine_is_checked_for_its_program_and_its_accelerator_only()
    {
        RequirementCheck.Demand(new QemuMachineBuilder().WithSettings(Settings.Machine).WithDevice("nonsense").WithAccelerator("tcg").Spec, Settings);
        RequirementCheck.Demand(new QemuMachineBuilder().WithSettings(Settings.Machine).WithAccelerator(Accelerators.BestAvailable).Spec, Settings);
        RequirementCheck.Demand(new QemuMachineBuilder("elsewhere").WithWrapper("ssh", "host").Spec, Settings);

        var unmet = Assert.Throws<RequirementNotMetException>(() =>
            RequirementCheck.Demand(new QemuMachineBuilder().WithSettings(Settings.Machine).WithAccelerator("hvf").Spec, Settings));
        Assert.StartsWith("needs accelerator hvf: ", unmet.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Requirements_of_a_test_are_checked_again_on_its_machine()
    {
        string other = Script("qemu-other", "exec qemu-system-x86_64 \"$@\"");
        QemuMachineSpec spec = new QemuMachineBuilder(other).WithSettings(Settings.Machine).Spec;

        var unmet = Assert.Throws<RequirementNotMetException>(() => RequirementCheck.Demand(new HostRequirements(MinimumVersion: "99.0"), Settings, spec));

        Assert.StartsWith($"needs QEMU 99.0: {other} is version", unmet.Message, StringComparison.Ordinal);
    }

    private string Script(string name, string body)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public sealed class HasPipes : IQemuRequirement
    {
        public string Name => "pipes";

        public async Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) =>
            (await context.ProbeHostAsync(cancellationToken)).IsAvailable ? RequirementResult.Met : RequirementResult.Unmet("no");
    }

    public sealed class Throws : IQemuRequirement
    {
        public string Name => "luck";

        public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no luck");
    }

    public sealed class NeedsArgument(string name) : IQemuRequirement
    {
        public string Name => name;

        public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(RequirementResult.Met);
    }
}
