namespace Qemu.Machine;

/// <summary>A guest that was done before QMP was up.</summary>
internal sealed class GuestEndedRule : LaunchRule
{
    public override string Name => "guest-ended";

    public override Finding? Examine(LaunchEvidence evidence) =>
        evidence is { Exit.ExitCode: { } code, HasWrapper: false } && evidence.Output.Length == 0
            && (code == 0 || evidence.Options.Any(option => option.Value.Contains("isa-debug-exit", StringComparison.Ordinal)))
            ? new Finding(
                "The guest ended QEMU (power-off, reset with -no-reboot, isa-debug-exit) before QMP was ready.",
                "Start it stopped, .WithArguments(\"-S\"), and send `cont` once launched.") { IsCertain = false }
            : null;
}
