namespace Qemu.Machine;

/// <summary>
/// A TCP port of the guest is listened on. QEMU accepts on the host's side whether the guest listens or not, and closes
/// when the guest refused: open is a connection that gives a byte, or that stays.
/// </summary>
internal sealed class PortReadiness(int guestPort) : Readiness
{
    private static readonly TimeSpan s_stay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public override string Description => $"port {guestPort} of the guest is open";

    internal override async Task WaitAsync(QemuMachine machine, IReadOnlyList<ConsoleMark> launch, CancellationToken cancellationToken)
    {
        while (!await IsOpenAsync(machine, cancellationToken).ConfigureAwait(false))
            await Task.Delay(s_pause, machine.Waits.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsOpenAsync(QemuMachine machine, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_stay, machine.Waits.TimeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Stream stream = await machine.ConnectAsync(guestPort, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
                return await stream.ReadAsync(new byte[1], linked.Token).ConfigureAwait(false) > 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
