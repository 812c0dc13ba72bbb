namespace Qemu.Machine;

/// <summary>Names of accelerators for <see cref="QemuMachineBuilder.WithAccelerator"/>.</summary>
public static class Accelerators
{
    /// <summary>
    /// The quickest accelerator that is proven to run guests on this host: found out at launch, logged, and told by
    /// <see cref="QemuMachine.Accelerator"/>. TCG, which needs no hardware, is the last resort.
    /// </summary>
    public const string BestAvailable = "best-available";

    /// <summary>Emulation; needs nothing of the host.</summary>
    public const string Tcg = "tcg";

    /// <summary>Linux's hypervisor. QEMU does not start when it cannot have it.</summary>
    public const string Kvm = "kvm";

    /// <summary>macOS's hypervisor.</summary>
    public const string Hvf = "hvf";

    /// <summary>Windows's hypervisor.</summary>
    public const string Whpx = "whpx";

    /// <summary>In the order in which they are preferred. Xen runs no guest of ours.</summary>
    internal static IReadOnlyList<string> ByPreference { get; } = [Kvm, Hvf, Whpx, "nvmm", Tcg];
}
