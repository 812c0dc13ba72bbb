namespace Qemu.Machine;

/// <summary>What <see cref="GuestAgent.ShutdownAsync"/> asks of the guest.</summary>
public enum GuestShutdownMode
{
    /// <summary>Power off, which ends QEMU.</summary>
    PowerOff,

    /// <summary>Start again.</summary>
    Reboot,

    /// <summary>Stop without powering off.</summary>
    Halt,
}
