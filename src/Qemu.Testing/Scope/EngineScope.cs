using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// The scope of what is done for tests rather than by one: starting a fixture's machine, collecting evidence. A cancelled
/// test does not cancel it, and machines built in it belong to no test.
/// </summary>
internal sealed class EngineScope(QemuSettings settings, Action<QemuMachine> adopt) : IMachineScope
{
    private static readonly AsyncLocal<EngineScope?> s_current = new();
    private static readonly EngineScope s_neutral = new(QemuSettings.Default, static _ => { });

    /// <summary>The scope that the calling code runs in; null in test code.</summary>
    public static EngineScope? Current => s_current.Value;

    /// <inheritdoc/>
    public CancellationToken CancellationToken => CancellationToken.None;

    /// <inheritdoc/>
    public QemuSettings Settings => settings;

    /// <summary>Where machines get their room on the host; null: they are not counted.</summary>
    public MachineAdmission? Admission { get; init; }

    /// <summary>The flow of tests that the machines are for; null for those of a whole assembly.</summary>
    public string? Flow { get; set; }

    /// <summary>Where it is told that a machine waits for room.</summary>
    public Action<string> Tell { get; init; } = static _ => { };

    /// <inheritdoc/>
    public async Task<IDisposable?> AdmitAsync(QemuMachine machine, bool mayWait, CancellationToken cancellationToken) => Admission is null
        ? null
        : await Admission.AdmitAsync(
            new AdmissionRequest { Memory = GuestMemorySize.BytesOf(machine.Spec), Flow = Flow, MayWait = mayWait, Tell = Tell },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public bool CountsForAll => true;

    /// <summary>Where starts of machines queue that are built within the scope; null: nowhere.</summary>
    public StartGate? Gate { get; init; }

    /// <inheritdoc/>
    public Task RunStartAsync(Func<CancellationToken, Task> start, CancellationToken cancellationToken) =>
        Gate?.RunAsync(start, cancellationToken) ?? start(cancellationToken);

    /// <inheritdoc/>
    public void Adopt(QemuMachine machine) => adopt(machine);

    /// <summary>Runs work outside any test, on the thread pool: without the caller's synchronisation context, whose threads may all be waiting.</summary>
    public static Task RunNeutralAsync(Func<Task> work) => s_neutral.RunAsync(work);

    /// <summary>The same, begun on the calling thread: for work that neither blocks nor calls what belongs to somebody else.</summary>
    public static async Task RunNeutralHereAsync(Func<Task> work)
    {
        s_current.Value = s_neutral;
        await work().ConfigureAwait(false);
    }

    /// <summary>Runs work in this scope, on the thread pool.</summary>
    public Task RunAsync(Func<Task> work) => Task.Run(async () =>
    {
        s_current.Value = this;
        await work().ConfigureAwait(false);
    });
}
