namespace Qemu.Machine;

/// <summary>A clone that is loaded and stands still.</summary>
/// <param name="Machine">The clone.</param>
/// <param name="Room">Its share of the host.</param>
internal sealed record PreparedClone(QemuMachine Machine, KeptRoom Room);
