namespace Qemu.Machine;

/// <summary>A step of a machine's life: its launch, its readiness, a panic, its end.</summary>
/// <param name="Timestamp">When, in ticks of <see cref="MachineObservers.Clock"/>.</param>
/// <param name="Kind">What kind of step.</param>
/// <param name="Text">What happened, in words.</param>
internal sealed record MachineStep(long Timestamp, MachineStepKind Kind, string Text);
