using Microsoft.Extensions.Logging;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class AcceleratorPolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => [.. CorpusQemu.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Best_available_is_a_proven_one_and_says_why(string version)
    {
        string binary = CorpusQemu.Binary(version);
        QemuHost host = await QemuHost.ProbeAsync(binary, cancellationToken: Token);
        var log = new Lines();
        await using QemuMachine machine = new QemuMachineBuilder(binary)
            .WithAccelerator(Accelerators.BestAvailable)
            .WithLogger(log)
            .WithArguments("-S")
            .Build();

        await machine.LaunchAsync(Token);

        Assert.Equal(AcceleratorState.Proven, host.Accelerator(machine.Accelerator!.Name)!.State);
        Assert.False(machine.Accelerator.IsAsSpecified);
        Assert.StartsWith("best available: a guest ran", machine.Accelerator.Reason, StringComparison.Ordinal);
        Assert.Contains($"-accel {machine.Accelerator.Name}", machine.CommandLine, StringComparison.Ordinal);
        Assert.Contains(log.All, line => line.Contains($"launched on {machine.Accelerator.Name} (best available", StringComparison.Ordinal));
        if (host.Accelerator("kvm") is { IsUsable: false } kvm)
            Assert.Contains($"kvm: {kvm.Reason}", machine.Accelerator.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Best_available_can_come_from_the_settings()
    {
        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(CorpusQemu.Host))
            .WithSettings(new QemuSettings { Accelerator = Accelerators.BestAvailable })
            .WithArguments("-S")
            .Build();
        await machine.LaunchAsync(Token);
        Assert.StartsWith("best available", machine.Accelerator!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Best_available_beside_others_is_refused()
    {
        await using QemuMachine machine = new QemuMachineBuilder("qemu-system-x86_64")
            .WithAccelerator(Accelerators.BestAvailable).WithAccelerator("tcg").Build();
        var error = await Assert.ThrowsAsync<QemuConfigurationException>(() => machine.LaunchAsync(Token));
        Assert.Contains("take the others out", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcg", "asked for", "-accel", "tcg")]
    [InlineData("tcg", "asked for", "-machine", "pc,accel=tcg")]
    [InlineData("tcg", "QEMU's own default", "-S")]
    public async Task Accelerator_of_a_launched_machine_is_known(string name, string reason, params string[] arguments)
    {
        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(CorpusQemu.Host)).WithArguments("-S").WithArguments(arguments).Build();
        Assert.Null(machine.Accelerator);
        await machine.LaunchAsync(Token);
        Assert.Equal(new AcceleratorChoice(name, reason), machine.Accelerator);
    }

    [Fact]
    public async Task Fallback_from_kvm_to_tcg_is_told()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && CorpusQemu.OnPath("setpriv"), "needs root and setpriv, to take QEMU the right to /dev/kvm");
        Assert.SkipUnless(File.Exists("/dev/kvm") && (File.GetUnixFileMode("/dev/kvm") & UnixFileMode.OtherRead) == 0, "needs a /dev/kvm that is closed to others");
        var log = new Lines();
        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(CorpusQemu.Host))
            .WithWrapper("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            .WithAccelerator("kvm").WithAccelerator("tcg")
            .WithLogger(log)
            .WithArguments("-S")
            .Build();

        await machine.LaunchAsync(Token);

        Assert.Equal("tcg", machine.Accelerator!.Name);
        Assert.False(machine.Accelerator.IsAsSpecified);
        Assert.Contains("kvm did not work", machine.Accelerator.Reason, StringComparison.Ordinal);
        Assert.Contains("Permission denied", machine.Accelerator.Reason, StringComparison.Ordinal);
        Assert.Contains(log.All, line => line.StartsWith("Warning: ", StringComparison.Ordinal) && line.Contains("tcg (asked for kvm, tcg", StringComparison.Ordinal));
    }

    private sealed class Lines : ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
