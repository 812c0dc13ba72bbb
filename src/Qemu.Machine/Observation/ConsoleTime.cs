namespace Qemu.Machine;

/// <summary>How far a console had come at one moment.</summary>
/// <param name="Console">The console's number.</param>
/// <param name="End">Where its transcript ended.</param>
/// <param name="Timestamp">When, in ticks of <see cref="MachineObservers.Clock"/>.</param>
internal readonly record struct ConsoleTime(int Console, ConsoleMark End, long Timestamp);
