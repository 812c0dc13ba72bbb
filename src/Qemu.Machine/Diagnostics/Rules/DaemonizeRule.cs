namespace Qemu.Machine;

/// <summary>A QEMU that goes into the background, where nothing ties it to the test.</summary>
internal sealed class DaemonizeRule : LaunchRule
{
    public override string Name => "daemonize";

    public override Finding? Examine(LaunchEvidence evidence) => evidence.StartError is QemuConfigurationException && ArgumentRules.Daemonizes(evidence.Spec)
        ? new Finding("-daemonize puts QEMU into the background, where nothing would end it.", "Leave it out: LaunchAsync does not block.")
        : null;
}
