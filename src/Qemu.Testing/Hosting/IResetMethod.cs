using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>A way to bring a machine back to how it was when it became ready. The handle stays the same.</summary>
internal interface IResetMethod
{
    /// <summary>Takes what a reset will need. Runs when the machine has become ready, before anybody uses it.</summary>
    Task PrepareAsync(QemuMachine machine, CancellationToken cancellationToken);

    /// <summary>Ends when the machine is ready again, whatever state it was in.</summary>
    Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken);
}
