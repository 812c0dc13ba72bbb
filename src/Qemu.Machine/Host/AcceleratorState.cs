namespace Qemu.Machine;

/// <summary>What is known of an accelerator on this host.</summary>
public enum AcceleratorState
{
    /// <summary>A guest ran on it: 64-bit code with paging and SSE2, its results checked.</summary>
    Proven,

    /// <summary>QEMU starts with it, but the probe guest does not exist for this architecture or needs a CPU that is not there.</summary>
    Unproven,

    /// <summary>QEMU refuses it, or a guest did not run on it.</summary>
    Unusable,
}
