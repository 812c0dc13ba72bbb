namespace Qemu.Machine;

/// <summary>A port of the host that cannot be forwarded into the guest.</summary>
internal sealed class HostForwardRule() : OutputRule("Could not set up host forwarding rule", "host forwarding rule")
{
    public override string Name => "host-forward";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence)
    {
        string rule = line.Quoted();
        return line.Says("Invalid")
            ? new Finding($"'{rule}' is not a forwarding rule.", "Write hostfwd=tcp:127.0.0.1:0-:22 (host address and port, guest address and port), or use .WithUserNetwork(22).")
            : new Finding(
                $"The host's port in '{rule}' cannot be opened: something listens there already, or it needs a right that this user lacks.",
                "Let QEMU choose a free one: .WithUserNetwork(22) and machine.HostPort(22), or port 0 in the rule.");
    }
}
