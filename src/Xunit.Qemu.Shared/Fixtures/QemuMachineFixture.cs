using Qemu.Machine;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>
/// A machine for the tests of a class, a collection or an assembly: derive from it, say in <see cref="Configure"/> what the
/// machine is made of, and take it as <c>IClassFixture&lt;T&gt;</c>, <c>ICollectionFixture&lt;T&gt;</c> or, with xUnit.net v3, by
/// <c>[assembly: AssemblyFixture(typeof(T))]</c>.
/// </summary>
/// <remarks>
/// The machine of a class or a collection starts before its first test, that of an assembly when a test first asks for it. A
/// start that failed fails every test that uses the machine, with the evidence; one that the host cannot run at all skips them.
/// </remarks>
public abstract class QemuMachineFixture : IAsyncLifetime
{
    private readonly Lazy<MachineHost> _host;

    /// <summary>Starts nothing yet.</summary>
    protected QemuMachineFixture() => _host = new Lazy<MachineHost>(CreateHost);

    /// <summary>The machine, ready. It is the same object for all tests, also when it was started anew between them.</summary>
    /// <exception cref="QemuLaunchException">It did not start. Whatever a start fails with is thrown here, to each test.</exception>
    public QemuMachine Machine => MachineDelivery.Get(Host);

    internal MachineHost Host => _host.Value;

    /// <summary>The QEMU program: a path, or a name on PATH. Default: the one for the host's own architecture.</summary>
    protected virtual string Binary => QemuMachineBuilder.DefaultBinary;

    /// <summary>What happens to the machine before each <c>[QemuFact]</c> and <c>[QemuTheory]</c>. Default: <see cref="ResetPolicy.WhenBroken"/>.</summary>
    protected virtual ResetPolicy Reset => ResetPolicy.WhenBroken;

    /// <summary>
    /// Starts another machine of the same specification, as this one was when it became ready. It is the caller's: <c>await using</c>.
    /// With a template (<see cref="QemuMachineBuilder.WithTemplate"/>) it is cloned, in a fraction of a second; without one it boots.
    /// </summary>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    public Task<QemuMachine> CloneAsync(CancellationToken cancellationToken = default) => MachineDelivery.CreateAsync(Host, cancellationToken);

    async LifetimeTask IAsyncLifetime.InitializeAsync()
    {
        // The machine of a whole assembly waits until somebody asks for it: its fixture is made even for a run of unrelated tests.
        if (FixtureRegistry.Register(this) == FixtureLevel.Assembly)
            return;
        Host.Flow = TestFlow.Current;
        await Host.EnsureStartedAsync(CurrentTest.CancellationToken).ConfigureAwait(false);
    }

    async LifetimeTask LifetimeEnd.DisposeAsync()
    {
        if (_host.IsValueCreated)
            await _host.Value.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Says what the machine is made of. Called once.</summary>
    protected abstract void Configure(QemuMachineBuilder vm);

    /// <summary>Runs when the machine has become ready, and again each time it was started anew or reset.</summary>
    protected virtual Task OnReadyAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before the machine is ended or reset, if it is running.</summary>
    protected virtual Task OnStoppingAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;

    private MachineHost CreateHost()
    {
        QemuTestSettings settings = QemuTestSettings.Current;
        var definition = new MachineDefinition
        {
            Name = GetType().Name,
            Binary = Binary,
            Configure = Configure,
            Reset = Reset,
            OnReady = OnReadyAsync,
            OnStopping = OnStoppingAsync,
        };
        return new MachineHost(new MachineFactory(definition, settings, StartGate.Shared, MachineAdmission.Shared), settings);
    }
}
