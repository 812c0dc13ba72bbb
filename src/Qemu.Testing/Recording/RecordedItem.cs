using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Something that was seen and is to be written down.</summary>
/// <param name="Timestamp">When it was seen, in ticks of <see cref="MachineObservers.Clock"/>.</param>
/// <param name="Machine">The machine it was seen on.</param>
/// <param name="What">A <see cref="MachineStep"/>, a <see cref="QemuConsole"/> that has grown, a <see cref="QmpLine"/> or a <see cref="Screenshot"/>.</param>
/// <param name="End">How far a console has come.</param>
internal readonly record struct RecordedItem(long Timestamp, MachineRecorder Machine, object What, ConsoleMark End = default);
