using System.Text.Json.Nodes;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A machine in a few figures, for overviews.</summary>
/// <param name="Label">What the test's artefacts call it.</param>
/// <param name="Name">The machine's own name.</param>
/// <param name="State">Its state when the test ended.</param>
/// <param name="Start">How it came to be ready: <c>boot</c>, <c>clone</c>, <c>fallback-boot</c>, <c>snapshot</c>; null: it did not.</param>
/// <param name="StartSeconds">How long that took.</param>
/// <param name="LaunchSeconds">How much of it until QMP was ready.</param>
/// <param name="ReadySeconds">How much of it from there on.</param>
/// <param name="Accelerator">What it runs on.</param>
internal sealed record MachineRecord(
    string Label,
    string Name,
    string State,
    string? Start,
    double? StartSeconds,
    double? LaunchSeconds,
    double? ReadySeconds,
    string? Accelerator)
{
    public static MachineRecord Of(ScopedMachine entry, string state)
    {
        QemuMachine machine = entry.Machine;
        return new MachineRecord(
            entry.Label,
            machine.Name,
            state,
            machine.LatestStart is { } start ? MachineTelemetry.KindOf(start.Kind) : null,
            Seconds(machine.LatestStart?.Duration),
            Seconds(machine.Watch.LaunchDuration),
            Seconds(machine.Watch.ReadinessDuration),
            machine.Accelerator?.ToString());
    }

    public JsonObject ToJson() => new()
    {
        ["label"] = Label,
        ["name"] = Name,
        ["state"] = State,
        ["start"] = Start,
        ["startSeconds"] = StartSeconds,
        ["launchSeconds"] = LaunchSeconds,
        ["readySeconds"] = ReadySeconds,
        ["accelerator"] = Accelerator,
    };

    private static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 3) : null;
}
