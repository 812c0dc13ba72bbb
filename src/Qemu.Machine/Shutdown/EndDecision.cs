using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// The one place where it is decided how a life ended: it gathers who asked for the end, and judges once, when the
/// process is gone.
/// </summary>
internal sealed class EndDecision
{
    private readonly Lock _gate = new();
    private MachineEndCause? _asked;
    private bool _quitClaimed;
    private bool _terminated;

    /// <summary>Notes who wants the end. The first request counts; only force, the first of it, comes before the polite ones.</summary>
    public void Ask(MachineEndCause cause)
    {
        lock (_gate)
        {
            if (_asked is null || (IsForce(cause) && !IsForce(_asked.Value)))
                _asked = cause;
        }
    }

    /// <summary>True for the one who is to send <c>quit</c>.</summary>
    public bool TryClaimQuit()
    {
        lock (_gate)
        {
            if (_quitClaimed)
                return false;
            return _quitClaimed = true;
        }
    }

    /// <summary>Notes that SIGTERM is being sent; QEMU dies of it where it has not yet set up its handler.</summary>
    public void NoteTerminate()
    {
        lock (_gate)
            _terminated = true;
    }

    /// <summary>How it ended.</summary>
    /// <param name="status">The exit status.</param>
    /// <param name="shutdown">The last SHUTDOWN event; null when none came.</param>
    /// <param name="guestChoosesExitCode">Whether the guest has a device through which it exits QEMU with any code, without an event (before QEMU 10): then a code is no error.</param>
    public MachineEnd Decide(ExitStatus status, QmpEvent? shutdown, bool guestChoosesExitCode)
    {
        MachineEndCause cause = Cause(status, shutdown);
        bool isAbnormal = cause switch
        {
            MachineEndCause.Forced or MachineEndCause.Signaled => true,
            MachineEndCause.Exited => status.ExitCode != 0 && !guestChoosesExitCode,
            _ => false,
        };
        return new MachineEnd(cause, status.ExitCode, status.Signal, isAbnormal);
    }

    private static bool IsForce(MachineEndCause cause) => cause is MachineEndCause.Killed or MachineEndCause.Forced;

    /// <summary>The event tells a guest's power-off from a <c>quit</c> and from somebody else's SIGTERM (QEMU ≥ 4.0, QAPI ShutdownCause).</summary>
    private static MachineEndCause ByItself(JsonElement shutdown)
    {
        if (shutdown.ValueKind != JsonValueKind.Object)
            return MachineEndCause.Exited;
        if (shutdown.TryGetProperty("guest", out JsonElement guest) && guest.ValueKind == JsonValueKind.True)
            return MachineEndCause.GuestShutdown;
        return shutdown.TryGetProperty("reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String && reason.ValueEquals("host-qmp-quit")
            ? MachineEndCause.Quit
            : MachineEndCause.Exited;
    }

    private MachineEndCause Cause(ExitStatus status, QmpEvent? shutdown)
    {
        lock (_gate)
        {
            return _asked switch
            {
                MachineEndCause.Killed or MachineEndCause.Forced => _asked.Value,
                { } asked when status.Signal is null || (_terminated && status.Signal == Libc.SIGTERM) => asked,
                _ when status.Signal is not null => MachineEndCause.Signaled,
                _ when shutdown is not null => ByItself(shutdown.Data),
                _ => MachineEndCause.Exited,
            };
        }
    }
}
