namespace Qemu.Machine;

/// <summary>An accelerator of a QEMU program, and whether guests run on it here.</summary>
/// <param name="Name">Its name, as <c>-accel</c> takes it: <c>tcg</c>, <c>kvm</c>.</param>
/// <param name="State">What a probe found.</param>
/// <param name="Reason">What happened, in words, such as <c>/dev/kvm opens but a guest did not run: KVM internal error</c>.</param>
public sealed record QemuAccelerator(string Name, AcceleratorState State, string Reason)
{
    /// <summary>Whether a machine can be given this accelerator: proven, or not provable but accepted by QEMU.</summary>
    public bool IsUsable => State != AcceleratorState.Unusable;
}
