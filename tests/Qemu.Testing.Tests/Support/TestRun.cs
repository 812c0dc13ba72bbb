using System.Runtime.CompilerServices;
using Qemu.Machine;
using Qemu.Testing;

namespace Tests.Qemu.Testing;

/// <summary>A test framework in miniature: the current test is the one this flow of execution entered.</summary>
internal sealed class TestRun : IDisposable
{
    /// <summary>The value of a secret environment variable of this process.</summary>
    public const string Secret = "kept-from-artefacts-4711";

    private static readonly AsyncLocal<TestScope?> s_current = new();

    private readonly System.Collections.Concurrent.ConcurrentBag<TestScope> _scopes = [];
    private readonly DirectoryInfo _artifacts = Directory.CreateTempSubdirectory("qemu-testing-");

    public TestRun(ArtifactKeeping keep = ArtifactKeeping.Evidence) =>
        Settings = new QemuTestSettings { ArtifactsDirectory = _artifacts.FullName, Keep = keep };

    public QemuTestSettings Settings { get; set; }

    /// <summary>Not counted among the host's machines: what other processes do there is nothing to these tests.</summary>
    public MachineAdmission? Admission { get; set; }

    public string Artifacts => _artifacts.FullName;

    /// <summary>The ROM, ready when it says so.</summary>
    public static QemuMachineBuilder Rom(QemuMachineBuilder? builder = null) => (builder ?? new QemuMachineBuilder("qemu-system-x86_64"))
        .WithMachine("pc").WithMemory("16M").WithFirmware(TestRom.Path)
        .WithDevice("pvpanic").WithDevice(TestRom.DebugExitDevice)
        .WithConsole()
        .ReadyWhen(Readiness.Console(TestRom.Ready + "\n"));

    public static void Leave() => s_current.Value = null;

    /// <summary>Begins a test; call it in the method that is to be in it.</summary>
    public TestScope Enter(FakeReport? report = null, string name = "Test", StartGate? gate = null, CancellationToken cancellationToken = default)
    {
        var identity = new TestIdentity("Some.Tests", "net10.0", "Some.Class", name, $"Some.Class.{name}", name);
        var scope = new TestScope(identity, Settings, report ?? new FakeReport(), cancellationToken) { Admission = Admission, Gate = gate };
        _scopes.Add(scope);
        s_current.Value = scope;
        return scope;
    }

    public MachineHost Host(
        Action<QemuMachineBuilder>? configure = null,
        ResetPolicy reset = ResetPolicy.WhenBroken,
        Func<QemuMachine, CancellationToken, Task>? onReady = null,
        Func<QemuMachine, CancellationToken, Task>? onStopping = null,
        string binary = "qemu-system-x86_64")
    {
        var definition = new MachineDefinition
        {
            Name = "RomVm",
            Binary = binary,
            Configure = configure ?? (vm => Rom(vm)),
            Reset = reset,
            OnReady = onReady ?? ((_, _) => Task.CompletedTask),
            OnStopping = onStopping ?? ((_, _) => Task.CompletedTask),
        };
        return new MachineHost(new MachineFactory(definition, Settings, new StartGate(2), Admission), Settings);
    }

    public void Dispose()
    {
        Leave();
        foreach (TestScope scope in _scopes)
            BoundedWait.Run(() => scope.EndAsync(failed: false), BoundedWait.EndLimit); // or its recording would go on
        _artifacts.Delete(recursive: true);
    }

    [ModuleInitializer]
    internal static void Install()
    {
        Environment.SetEnvironmentVariable("TESTRUN_TOKEN", Secret); // before it is looked for
        TestScope.SetSource(() => s_current.Value);
    }
}
