namespace Qemu.Machine;

/// <summary>A bridge or tap network without the rights for it.</summary>
internal sealed class TapRule() : OutputRule("bridge helper failed", "/dev/net/tun", "could not configure", "network script", "failed to launch bridge helper")
{
    public override string Name => "tap-unavailable";

    protected override Finding? Explain(OutputLine line, LaunchEvidence evidence) =>
        evidence.Options.Any(option => option.Name is "-netdev" or "-nic" or "-net" && option.Type is "tap" or "bridge")
            ? new Finding(
                "A tap or bridge network could not be set up: it needs a bridge, and the right to use it.",
                "Use .WithUserNetwork(), which needs neither; or allow the bridge in /etc/qemu/bridge.conf, or make the tap device for this user first (`ip tuntap add NAME mode tap user $USER`).")
            : null;
}
