using System.Globalization;
using System.Reflection;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Lets machines in as far as the host's budget goes, which all test processes of a user share. Thread-safe.
/// </summary>
/// <remarks>
/// It cannot deadlock. Only a flow that holds no machine waits, and only while some other flow does hold one: that flow is
/// never made to wait here. It may have to wait for a place in the runner, though, which the waiting test has: so nobody waits
/// for ever for machines of his own process. What a whole assembly shares waits for nobody, and nobody waits for it alone.
/// The one who has the turn is the next to be let in, so that no big machine starves.
/// </remarks>
internal sealed class MachineAdmission(SlotTable table, HostBudget budget, TimeProvider time)
{
    /// <summary>flock(2) cannot be awaited: it is tried again.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>As <see cref="OwnPatience"/>, where other processes hold some too, which may be waiting for this one's.</summary>
    private static readonly TimeSpan s_mutualPatience = TimeSpan.FromMinutes(1);

    private static readonly Lazy<MachineAdmission> s_shared = new(static () => new MachineAdmission(
        new SlotTable(static () => RuntimeDirectory.Open(Environment.GetEnvironmentVariable), TimeProvider.System),
        HostBudget.From(QemuTestSettings.Current),
        TimeProvider.System));

    private static readonly string s_assembly = Assembly.GetEntryAssembly()?.GetName().Name ?? "tests";

    private readonly HeldMachines _held = new();
    private int _toldOfNoTable;

    /// <summary>This process's door to the host's budget.</summary>
    public static MachineAdmission Shared => s_shared.Value;

    /// <summary>How long who is next waits where its own process alone is in the way: those tests may be waiting for the place in the runner that this one has.</summary>
    public TimeSpan OwnPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits for room.</summary>
    /// <returns>The room, given back by disposal; null when machines cannot be counted here, which is told once.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while it waited.</exception>
    public async Task<IDisposable?> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await WaitAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or GuestImageException)
        {
            if (Interlocked.Exchange(ref _toldOfNoTable, 1) == 0)
                request.Tell($"machines are not counted on this host (XDG_RUNTIME_DIR can name a directory of this user's alone): {error.Message}");
            return null;
        }
    }

    private async Task<IDisposable> WaitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        MachineClaimKind kind = request.IsKept ? MachineClaimKind.Kept : request.Flow is null ? MachineClaimKind.Standing : MachineClaimKind.Passing;
        var claim = new MachineClaim(Environment.ProcessId, s_assembly, request.Memory, kind);
        if (request is not { MayWait: true, Flow: { } flow })
            return await EnterAsync(request, claim, cancellationToken).ConfigureAwait(false);

        var notice = new WaitNotice(request.Tell, time);
        FileLock? turn = null;
        long turnSince = 0;
        try
        {
            // Asked again each time: meanwhile another start of the same flow may have been let in.
            while (!_held.IsHolder(flow))
            {
                if (turn is null)
                {
                    turn = table.TryTakeTurn();
                    turnSince = time.GetTimestamp();
                }

                bool next = turn is not null;
                (MachineSlot? slot, IReadOnlyList<MachineClaim> others) = await table.TryClaimAsync(claim, others => next && Fits(others, request.Memory), cancellationToken).ConfigureAwait(false);
                if (slot is not null)
                {
                    notice.Ended();
                    TellOfExcess(request, slot);
                    return _held.Hold(slot, flow);
                }

                if (next && time.GetElapsedTime(turnSince) >= PatienceWith(others))
                    break;
                notice.Waiting(others);
                await Task.Delay(s_interval, time, cancellationToken).ConfigureAwait(false);
            }

            notice.Ended();
        }
        finally
        {
            turn?.Dispose();
        }

        return await EnterAsync(request, claim, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan PatienceWith(IReadOnlyList<MachineClaim> others)
    {
        int own = others.Count(static other => other.ProcessId == Environment.ProcessId);
        return own == 0 ? TimeSpan.MaxValue : own == others.Count ? OwnPatience : s_mutualPatience;
    }

    private async Task<IDisposable> EnterAsync(AdmissionRequest request, MachineClaim claim, CancellationToken cancellationToken)
    {
        (MachineSlot? slot, _) = await table.TryClaimAsync(claim, static _ => true, cancellationToken).ConfigureAwait(false);
        TellOfExcess(request, slot!);
        return _held.Hold(slot!, request.Flow);
    }

    /// <summary>Whether there is room; and where all that is there stays there, one at a time is let in all the same.</summary>
    private bool Fits(IReadOnlyList<MachineClaim> others, long memory) =>
        !others.Any(static other => other.Kind == MachineClaimKind.Passing) || (CountOf(others) < budget.Machines && HasMemoryFor(others, memory));

    private static int CountOf(IReadOnlyList<MachineClaim> machines) => machines.Count(static machine => machine.Kind != MachineClaimKind.Kept);

    private bool HasMemoryFor(IReadOnlyList<MachineClaim> others, long memory)
    {
        long taken = others.Sum(static other => other.Memory);
        return taken + memory <= budget.MemoryBeside(taken);
    }

    private void TellOfExcess(AdmissionRequest request, MachineSlot slot)
    {
        int machines = CountOf(slot.Others) + 1;
        if (machines > budget.Machines)
        {
            request.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"machine {machines} of {budget.Machines} on this host was let in: who holds a machine, or others wait for, is not made to wait, and nobody for long where only his own process is in the way"));
        }
        else if (!HasMemoryFor(slot.Others, request.Memory))
        {
            request.Tell(string.Create(
                CultureInfo.InvariantCulture,
                $"a machine of {request.Memory >> 20} MiB was let in beyond the memory budget, of which {slot.Others.Sum(static other => other.Memory) >> 20} MiB are taken: who holds a machine, or others wait for, is never made to wait"));
        }
    }
}
