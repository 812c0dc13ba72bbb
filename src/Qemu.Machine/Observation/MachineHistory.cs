namespace Qemu.Machine;

/// <summary>What a machine remembers of its life before somebody watched.</summary>
/// <param name="Steps">Its latest steps, oldest first.</param>
/// <param name="Consoles">When its consoles printed, oldest first; coarser the more they printed.</param>
/// <param name="LatestLaunch">The step with which the latest launch began; null when it is not among them.</param>
internal sealed record MachineHistory(IReadOnlyList<MachineStep> Steps, IReadOnlyList<ConsoleTime> Consoles, MachineStep? LatestLaunch);
