namespace Qemu.Machine;

/// <summary>How a machine came to be ready.</summary>
public enum MachineStartKind
{
    /// <summary>It booted.</summary>
    Boot,

    /// <summary>It was cloned from a template.</summary>
    Clone,

    /// <summary>It was to be cloned, could not be, and booted instead; the reason says why.</summary>
    FallbackBoot,

    /// <summary>A snapshot of itself was loaded into it.</summary>
    Snapshot,
}
