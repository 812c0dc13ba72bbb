using System.Globalization;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// A QEMU that runs for a question's sake: launched like any machine, with lifeline and deadline, but in no scope, and its
/// failure is not explained by asking the host again.
/// </summary>
internal sealed class ProbeMachine : IAsyncDisposable
{
    private readonly MachineGeneration _generation;

    private ProbeMachine(MachineGeneration generation, QmpEventQueue stops)
    {
        _generation = generation;
        Stops = stops;
    }

    public QmpClient Qmp => _generation.Qmp!;

    public string Log => _generation.Log;

    /// <summary>The guest's stops; QEMU stops one that its accelerator cannot run.</summary>
    public QmpEventQueue Stops { get; }

    /// <summary>Launches with QMP.</summary>
    /// <param name="target">The program.</param>
    /// <param name="limit">Bounds the launch and each command.</param>
    /// <param name="arguments">From the machine's own directory to QEMU's arguments.</param>
    /// <param name="cancellationToken">Takes the machine down.</param>
    /// <exception cref="QemuLaunchException">It did not start.</exception>
    public static async Task<ProbeMachine> LaunchAsync(
        HostTarget target,
        TimeSpan limit,
        Func<MachineDirectory, IEnumerable<string>> arguments,
        CancellationToken cancellationToken)
    {
        (MachineGeneration generation, QmpEventHub events) = Start(target, limit, arguments, qmp: true);
        QmpEventQueue stops = events.Subscribe(new QmpEventQueueOptions { Names = ["STOP"] });
        await generation.WaitForQmpAsync(cancellationToken).ConfigureAwait(false);
        return new ProbeMachine(generation, stops);
    }

    /// <summary>Runs to the end without QMP; gives the exit and the output. One that does not end in time is killed.</summary>
    public static async Task<(MachineEnd End, string Output)> RunAsync(
        HostTarget target,
        TimeSpan limit,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken)
    {
        (MachineGeneration generation, _) = Start(target, limit, _ => arguments, qmp: false);
        try
        {
            MachineEnd end = await generation.Ended.WaitAsync(limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return (end, generation.Log);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            MachineEnd end = await generation.KillAsync(MachineEndCause.Forced).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return (end, string.Create(CultureInfo.InvariantCulture, $"it did not end within {limit.TotalSeconds:0.###} s\n{generation.Log}"));
        }
    }

    /// <summary>Waits for QEMU's end once QMP is lost, which it usually explains. A QEMU that does not end in time is killed; then null.</summary>
    public async Task<MachineEnd?> WaitForEndAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await _generation.Ended.WaitAsync(limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _generation.KillAsync(MachineEndCause.Forced).ConfigureAwait(false);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stops.Dispose();
        await _generation.KillAsync(MachineEndCause.Killed).ConfigureAwait(false);
    }

    private static (MachineGeneration Generation, QmpEventHub Events) Start(
        HostTarget target,
        TimeSpan limit,
        Func<MachineDirectory, IEnumerable<string>> arguments,
        bool qmp)
    {
        var directory = new MachineDirectory(root: null);
        var events = new QmpEventHub();
        QemuMachineSpec spec = target.Probe(limit, arguments(directory)) with { QmpEnabled = qmp };
        return (MachineGeneration.Start(new MachineContext(spec, spec.Name!, directory, [], events) { IsProbe = true }), events);
    }
}
