using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Ends QEMU and starts it anew: as a clone where the machine has a template, else it boots. Costs nothing until it is needed.</summary>
internal sealed class Restart : IResetMethod
{
    public Task PrepareAsync(QemuMachine machine, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await machine.KillAsync().ConfigureAwait(false);
        await machine.StartAsync(cancellationToken).ConfigureAwait(false);
    }
}
