namespace Qemu.Machine;

/// <summary>A command line that asks for a list or a version, which QEMU prints and exits.</summary>
internal sealed class InformationRule : LaunchRule
{
    public override string Name => "information-only";

    public override Finding? Examine(LaunchEvidence evidence)
    {
        if (evidence.Exit is not { ExitCode: 0 })
            return null;
        LaunchOption? asking = evidence.Options.FirstOrDefault(option =>
            option.Name is "-version" or "-help" or "-h" or "-?" || option.Type is "help" or "?" || option.Value.EndsWith(",help", StringComparison.Ordinal) || option.Value.EndsWith(",?", StringComparison.Ordinal));
        return asking is null
            ? null
            : new Finding($"{asking.Text} makes QEMU print something and exit: there is no machine.", "Leave it out; QemuHost.ProbeAsync tells what a QEMU offers.");
    }
}
