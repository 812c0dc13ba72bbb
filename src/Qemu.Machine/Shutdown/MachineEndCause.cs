namespace Qemu.Machine;

/// <summary>Who or what ended a machine.</summary>
public enum MachineEndCause
{
    /// <summary>The guest powered itself off, or QEMU's settings turned a reset or panic into an end.</summary>
    GuestShutdown,

    /// <summary>A <c>quit</c> command sent by the user.</summary>
    Quit,

    /// <summary><see cref="QemuMachine.ShutdownAsync"/> or disposal, in time.</summary>
    Shutdown,

    /// <summary><see cref="QemuMachine.KillAsync"/>.</summary>
    Killed,

    /// <summary>It did not end in time after it was asked to, and was killed.</summary>
    Forced,

    /// <summary>QEMU exited by itself.</summary>
    Exited,

    /// <summary>A signal that this project did not send ended QEMU: a crash of its own, or somebody else's kill.</summary>
    Signaled,
}
