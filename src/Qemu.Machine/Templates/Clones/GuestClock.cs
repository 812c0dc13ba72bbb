namespace Qemu.Machine;

/// <summary>How a clone's guest learns what time it is. Its hardware clock is right; its kernel's stands where the template was saved.</summary>
public enum GuestClock
{
    /// <summary>It does not: its time goes on from where the template was saved. Costs nothing; the default.</summary>
    AsSaved,

    /// <summary>Its shell runs <c>date</c> before the clone counts as ready: right to the second. The console shows it.</summary>
    Shell,

    /// <summary>It is set before the clone counts as ready: by the guest agent where the machine has one (<see cref="QemuMachineBuilder.WithGuestAgent"/>), else as <see cref="Shell"/> does.</summary>
    Set,
}
