namespace Qemu.Machine;

/// <summary>A <c>/dev/kvm</c> that this user may not open.</summary>
internal sealed class KvmDeniedRule() : OutputRule("Could not access KVM kernel module: Permission denied", "Could not access KVM kernel module: Operation not permitted")
{
    public override string Name => "kvm-denied";

    protected override bool ReadsAnyLine => true;

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) => new(
        $"{(evidence.HasWrapper ? "The user that QEMU runs as" : $"The user {evidence.Host.User}")} may not open /dev/kvm{(evidence.Host.Kvm.Mode is { Length: > 0 } mode ? $" (mode {mode})" : "")}.",
        "`sudo usermod -aG kvm $USER` and log in again, or use .WithAccelerator(\"tcg\"). On a CI runner, a udev rule can open it: KERNEL==\"kvm\", MODE=\"0666\".");
}
