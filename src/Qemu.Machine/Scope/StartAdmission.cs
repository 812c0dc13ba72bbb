namespace Qemu.Machine;

/// <summary>
/// The room on the host that one start of a machine was given. It is asked for before the start holds anything that another
/// start may wait for (a place in a gate, a template's lock), and the launch takes it over.
/// </summary>
/// <remarks>Whatever else is launched on the way, such as the machine that a template is made from, gets its room at once: a waiter that already holds room could wait for ever.</remarks>
internal sealed class StartAdmission : IDisposable
{
    private static readonly AsyncLocal<StartAdmission?> s_current = new();

    private readonly QemuMachine? _machine;
    private IDisposable? _room;

    private StartAdmission(QemuMachine? machine, IDisposable? room) => (_machine, _room) = (machine, room);

    /// <summary>Asks the scope for room; waits for it unless this is part of another start.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public static async Task<StartAdmission> RequestAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        if (s_current.Value is { } current && ReferenceEquals(current._machine, machine))
            return current;

        // One that runs has its room, and is about to be reset.
        IDisposable? room = machine.IsRunning ? null : await AskAsync(machine, cancellationToken).ConfigureAwait(false);
        return new StartAdmission(machine, room);
    }

    /// <summary>The room that a start brings along.</summary>
    public static StartAdmission Of(QemuMachine machine, IDisposable room) => new(machine, room);

    /// <summary>The room of a launch: what its start was given, else it is asked for now. Null when nobody counts.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public static async Task<IDisposable?> ForLaunchAsync(QemuMachine machine, CancellationToken cancellationToken) =>
        s_current.Value is { } current && ReferenceEquals(current._machine, machine) && Interlocked.Exchange(ref current._room, null) is { } room
            ? room
            : await AskAsync(machine, cancellationToken).ConfigureAwait(false);

    /// <summary>From here on the calling method, and what it calls, is part of a start: nothing in it waits for room.</summary>
    public static void EnterWithoutWaiting() => s_current.Value = new StartAdmission(machine: null, room: null);

    /// <summary>From here on the calling method, and what it calls, is part of this start.</summary>
    public void Enter() => s_current.Value = this;

    /// <summary>Gives back what no launch has taken.</summary>
    public void Dispose() => Interlocked.Exchange(ref _room, null)?.Dispose();

    private static async Task<IDisposable?> AskAsync(QemuMachine machine, CancellationToken cancellationToken) => MachineScope.Current is { } scope
        ? await scope.AdmitAsync(machine, mayWait: s_current.Value is null, cancellationToken).ConfigureAwait(false)
        : null;
}
