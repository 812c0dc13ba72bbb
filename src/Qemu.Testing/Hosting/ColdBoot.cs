using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>Ends QEMU and starts it anew: works for every machine, and takes as long as a boot takes.</summary>
internal sealed class ColdBoot : IResetMethod
{
    public string Name => "cold boot";

    public async Task ResetAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        await machine.KillAsync().ConfigureAwait(false);
        await machine.StartAsync(cancellationToken).ConfigureAwait(false);
    }
}
